import { expect, test } from 'vitest';
import { text, whole } from '../../../schemas/report/columns.ts';
import { range } from '../../../schemas/report/parameters.ts';
import type { Report } from '../../../schemas/report/report.ts';
import { aLake } from '../../fixtures/a-lake.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';
import { answer } from './a-reporting-lake.ts';
import { hostileTexts } from './hostile-texts.ts';
import { NOW, reportOf } from './read.ts';

/** A report that finds what a caller writes in the lake. */
const finder: Report = {
  ...reportOf('pages'),
  name: 'finder',
  parameters: [...range, { name: 'page', type: 'text', required: true, description: 'A name.' }],
  columns: [text('page_path', 'The name.'), whole('views', 'How often.')],
  sql: `SELECT page_path, count(*) AS views
FROM page_views
WHERE viewed_at >= :from AND viewed_at < :until AND page_path = :page AND page_path IN (SELECT page_path FROM page_views WHERE page_path = :page)
GROUP BY page_path`,
  chart: { kind: 'none' },
};

test('what a caller writes stays a value: it finds itself, and nothing else', async () => {
  const texts = hostileTexts.filter((each) => each.trim() === each);
  expect(texts.length).toBeGreaterThanOrEqual(100);
  await using lake = await aLake();
  const time = new Date(NOW).toISOString();
  const screens = texts.map((name, index) => ({
    type: 'screen',
    userId: `u-${index}`,
    messageId: `m-${index}`,
    timestamp: time,
    name,
  }));
  await lake.land(aRecord(anEnvelope(screens, { receivedAt: time }), { arrivedAt: NOW }));
  for (const page of texts) {
    expect(await answer(lake, finder, { page: [page] }), page).toEqual([{ page_path: page, views: 1 }]);
  }
});
