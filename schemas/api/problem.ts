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

/** An answer with problem details; with an id if several endpoints share it. */
export const problemAnswer = (description: string, id?: string) => ({
  ...(id && { id }),
  description,
  body: problem,
  contentType: 'application/problem+json',
});

/** Answers that every endpoint with an API key shares. */
export const apiKeyProblems = {
  401: problemAnswer('The API key is missing, unknown, revoked or expired.', 'ApiKeyProblem'),
  403: problemAnswer(
    'The API key lacks the scope that this needs, or is limited to people of a space; the code names it.',
    'ScopeMissing',
  ),
  429: problemAnswer('Too many requests: wait for Retry-After.', 'TooManyRequests'),
  503: problemAnswer('The key could not be checked: try again after Retry-After.', 'KeyNotChecked'),
} as const;

/** Answers of every endpoint that takes a JSON body by its schema. */
export const bodyProblems = {
  400: problemAnswer('A parameter or a value of the body is wrong; errors names it.', 'InvalidRequest'),
  413: problemAnswer('The body is above 256 KB.', 'BodyTooLarge'),
  415: problemAnswer('The body is not JSON by its Content-Type.', 'UnsupportedMediaType'),
} as const;

/** Of an endpoint that changes something. */
export const notStored = problemAnswer('The change could not be stored: try again after Retry-After.', 'NotStored');

/** Answers that every ingestion endpoint shares. */
export const ingestionProblems = {
  400: problemAnswer('The request is not JSON or is too large; the detail names what and where.', 'InvalidEvents'),
  401: problemAnswer('The write key is missing, unknown, revoked or expired.', 'WriteKeyProblem'),
  403: problemAnswer('The key is an API key, which may not send events.', 'IngestScopeMissing'),
  413: { id: 'TooManyBytes', description: 'The body is above 10 MB.' },
  429: problemAnswer('Too many requests: send again after Retry-After.', 'TooManyEvents'),
  503: problemAnswer('The events could not be stored: send again after Retry-After.', 'EventsNotStored'),
} as const;
