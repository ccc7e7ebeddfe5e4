import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Endpoint } from '../../../schemas/api/endpoint.ts';
import { endpoints, routeKeyOf } from '../../../schemas/api/endpoints.ts';
import { aContext } from '../../functions/http-event.ts';
import { aDeployment } from './a-deployment.ts';
import { answersOf } from './answers.ts';
import { requestsTo } from './requests.ts';

/** Requests to each endpoint. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000);
/** Of this processor, so that a busy machine is no failure. */
const LONGEST_CPU_MS = 2_000;

/** Tests for each endpoint of some tags that whatever is asked, the answer is one of its own, and soon. */
export function fuzz(...tags: readonly Endpoint['tag'][]): void {
  beforeEach(() => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => vi.restoreAllMocks());
  const asked = endpoints.filter(({ tag }) => tags.includes(tag));
  test.each(asked.map((endpoint) => [routeKeyOf(endpoint), endpoint] as const))(
    '%s: whatever is asked, the answer is one of its own, and soon',
    (_, endpoint) => fuzzOne(endpoint),
    900_000,
  );
}

async function fuzzOne(endpoint: Endpoint): Promise<void> {
  await using deployment = await aDeployment();
  const handler = deployment.handlers[endpoint.handler];
  const check = answersOf(endpoint);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(requestsTo(endpoint, deployment.names[endpoint.tag]), async (request) => {
      const begun = process.cpuUsage();
      const answer = await handler(request, aContext());
      const { user, system } = process.cpuUsage(begun);
      expect((user + system) / 1000).toBeLessThan(LONGEST_CPU_MS);
      check(answer);
      statuses.set(answer.statusCode ?? 0, (statuses.get(answer.statusCode ?? 0) ?? 0) + 1);
    }),
    { numRuns: REQUESTS },
  );
  const successes = [...statuses].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
  expect(successes, 'so many got through').toBeGreaterThan(0);
}
