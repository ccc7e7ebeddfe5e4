/**
 * Event source mappings against the local runtime alone: at another endpoint a function would have to be scripted from
 * outside. Order over reshards, disabling and restarts: test/infra/local/lambda.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startBench, textsOf } from '../../infra/local/lambda/mappings.ts';
import { mappingRules } from './rules.ts';

test.each(mappingRules.map((each) => [each.rule, each] as const))('%s', async (_, each) => {
  await using bench = await startBench();
  const ids = await bench.put(...each.records);
  const idOf = (text: string) => ids[each.records.indexOf(text)] ?? '';
  let invocation = -1;
  bench.answer((event) => {
    invocation += 1;
    return each.answer(textsOf(event), invocation, idOf);
  });
  await sleep(5);

  await (await bench.start(each.mapping)).drained();

  expect(bench.invocations).toEqual(each.invocations);
  const setAside = bench.failures().map(({ record }) => {
    const { condition } = record.requestContext as { condition: string };
    return [textsOf(JSON.parse(record.payload)), condition];
  });
  expect(setAside).toEqual(each.setAside ?? []);
});
