import * as z from 'zod';

/** An error as RFC 9457 problem details. `code` is stable: programs branch on it, `detail` is for people. */
export const problem = z
  .object({
    type: z.string().describe('URI of the kind of problem.'),
    title: z.string().describe('The kind of problem, in words that do not change.'),
    status: z.number().int().describe('HTTP status.'),
    code: z.string().describe('Stable code of the problem.'),
    detail: z.string().describe('What was wrong here, what was given, and how to mend it.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Each offending value by its path.'),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;

const problemAnswer = (description: string) => ({
  description,
  body: problem,
  contentType: 'application/problem+json',
});

/** Answers that every endpoint with an API key shares. */
export const apiKeyProblems = {
  401: problemAnswer('The API key is missing or unknown.'),
  429: problemAnswer('Too many requests: wait for Retry-After.'),
} as const;

/** Answers that every ingestion endpoint shares. */
export const ingestionProblems = {
  400: problemAnswer('The request is not JSON or is too large; the detail names what and where.'),
  401: problemAnswer('The write key is missing or unknown.'),
  413: { description: 'The body is above 10 MB.' },
  429: problemAnswer('Too many requests: send again after Retry-After.'),
  503: problemAnswer('The events could not be stored: send again after Retry-After.'),
} as const;

export { problemAnswer };
