import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { lakeTables, landedTables } from '../../../../schemas/lake/tables.ts';
import { spaceRulesOf } from '../../../../shared/clean/clean-record.ts';
import { judgeFile } from '../../../../shared/lake/erasing/judged-file.ts';
import { People } from '../../../../shared/lake/erasing/people.ts';
import { judgeOf } from '../../../../shared/lake/erasing/row-people.ts';
import { pathsSql, searchesOf, soughtHashes, soughtTraits } from '../../../../shared/lake/erasing/search-sql.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, aRecord } from '../../../fixtures/events.ts';
import { lakeFilesOnDisk } from '../../../fixtures/lake-files-on-disk.ts';

const identity = {
  externalTraits: ['email', 'phone'],
  blockedIds: [],
  spaces: [{ id: 'brand-b', sources: ['brand-b-web'] }],
};
const lake: ALake = await aLake({ rules: spaceRulesOf(identity) });
afterAll(() => lake[Symbol.asyncDispose]());

const id = fc.constantFrom('ada', ' ada ', 'bob', 'Ada', 7, null, 'ü"\\x', undefined);
const address = fc.constantFrom('ada@x.org', ' ADA@x.org', 'bob@x.org', undefined);
const number = fc.constantFrom('+49 (170) 123-45.67', '0049170/1234567', '+1 555 0100', undefined);
const traits = fc.record({ email: address, phone: number });
const message = fc.record({
  messageId: fc.uuid(),
  type: fc.constantFrom('track', 'identify', 'alias', 'page', 'group', 'wrong'),
  event: fc.constantFrom('Product Viewed', ''),
  groupId: fc.constant('ada'),
  userId: id,
  anonymousId: id,
  previousId: id,
  traits,
  context: fc.record({
    traits: fc.option(traits, { nil: undefined }),
    externalIds: fc.option(
      fc.array(fc.record({ type: fc.constantFrom('email', 'Phone', 'crm'), id: fc.oneof(address, number, id) }), {
        maxLength: 5,
      }),
      { nil: undefined },
    ),
  }),
});
const unreadable = fc.constantFrom('{"userId":"ada"', '[1, {"userId": "ada"}]', '"{\\"userId\\":7}"', '{}');

const people = [
  ['user:ada'],
  ['user:brand-b/ada', 'anonymous:brand-b/bob'],
  ['email:brand-b/ada@x.org'],
  ['anonymous:ü"\\x', 'user:7', 'crm:bob', 'email:ada@x.org', 'phone:+491701234567'],
];

test('a search names every file in which a look at the rows finds something', async () => {
  const said = fc.sample(fc.oneof({ weight: 6, arbitrary: message }, { weight: 1, arbitrary: unreadable }), {
    numRuns: 80,
    seed: 11,
  });
  for (const [at, each] of said.entries()) {
    const sourceId = at % 2 === 0 ? 'web' : 'brand-b-web';
    const data = typeof each === 'string' ? Buffer.from(each) : anEnvelope([each], { sourceId });
    await lake.land(aRecord(data, { sequenceNumber: String(at).padStart(56, '0'), arrivedAt: ARRIVAL }));
  }
  const files = await lakeFilesOnDisk(lake.folder).list('');
  for (const keys of people) {
    const judging = new People([{ requestId: 'r', keys, profileIds: [] }], identity);
    const spaces = keys.some((key) => key.includes('brand-b/')) ? ['brand-b'] : [];
    const traits = soughtTraits(keys, identity.externalTraits);
    const sought = { hashes: soughtHashes(keys, 's'), salt: 's', traits, spaces };
    let theirs = 0;
    for (const search of searchesOf(landedTables, lakeTables).slice(0, 3)) {
      const [table] = search.tables;
      const judge = table && judgeOf(table, judging);
      if (!table || !judge) throw new Error('The search is of no table.');
      const expected: string[] = [];
      for (const file of files.filter((each) => each.key.startsWith(`${table.name}/`))) {
        const { verdicts } = await judgeFile(await readFile(path.join(lake.folder, file.key)), table, judge, undefined);
        if (verdicts.size > 0) expected.push(`s3://lake/${file.key}`);
      }
      const found = (await lake.rows(pathsSql(search, { from: '2026-01-01', to: '2026-12-31' }, sought))).flat();
      expect(expected.filter((each) => !found.includes(each))).toEqual([]);
      theirs += expected.length;
      // What only a look can tell is looked into in vain.
      const inVain = said.filter((each) => typeof each === 'string').length;
      if (keys[0] === 'user:ada') expect(found.length - expected.length).toBeLessThanOrEqual(inVain);
    }
    expect(theirs).toBeGreaterThan(0);
  }
});
