import Table from 'cli-table3';
import type { ReplayView } from '../../../schemas/replay.ts';

const number = (count: number): string => count.toLocaleString('en-US');

/** What a replay found and did, for a terminal. */
export function summaryOf(view: ReplayView): string {
  switch (view.request.kind) {
    case 'failed':
      return failedSummary(view);
    case 'profiles':
      return profilesSummary(view);
    case 'setAside':
      return setAsideSummary(view);
  }
}

const consumers = { lake: 'lake-writer', profiles: 'profile-updater', other: 'others' };

function setAsideSummary(view: ReplayView): string {
  const { counts, request } = view;
  if (counts.batches === undefined) return 'No batch is set aside.';
  const rows = Object.entries(consumers).flatMap(([consumer, name]) => {
    const batches = counts[`batches:${consumer}`];
    if (batches === undefined) return [];
    const [read = 0, put = 0] = [counts[`read:${consumer}`], counts[`passes:${consumer}`]];
    return [[name, number(batches), number(read), number(put)]];
  });
  const text = tableOf(['given up by', 'batches', 'records', request.isDry ? 'would be put back' : 'put back'], rows);
  if (counts.read === undefined) return text;
  const why = 'Some events came so long ago that profiles cannot tell whether they counted them: their profiles were';
  return `${text}\n${why} folded anew.\n${profilesSummary(view)}`;
}

function profilesSummary({ counts, request: { isDry } }: ReplayView): string {
  const of = (what: string) => counts[what] ?? 0;
  const rows: [string, number][] = [
    ['profiles looked at', of('read')],
    ['as they should be', of('same')],
    [isDry ? 'would be folded anew' : 'folded anew', of('differs')],
  ];
  if (of('fewer') > 0) rows.push(['  of these with fewer events than before', of('fewer')]);
  if (of('damaged') > 0) rows.push(['left: what is stored cannot be read', of('damaged')]);
  if (of('tooLarge') > 0) rows.push(['left: too large to be stored', of('tooLarge')]);
  if (of('people') > 0) rows.push(['people of several profiles, evaluated again', of('people')]);
  const text = tableOf(
    ['', 'count'],
    rows.map(([what, count]) => [what, number(count)]),
  );
  if (of('fewer') === 0) return text;
  return `${text}\nFewer events: cleaning rejects some today, or \`raw\` lacks what was once counted. Compare them by \`npm run query\`.`;
}

function failedSummary({ counts, request: { isDry } }: ReplayView): string {
  const of = (what: string) => counts[what] ?? 0;
  const reasons = Object.keys(counts)
    .flatMap((what) => (what.startsWith('read:') ? what.slice('read:'.length) : []))
    .sort();
  if (reasons.length === 0) return 'There are no failed events of these days.';
  const row = (name: string, suffix: string) => [
    name,
    ...['read', 'passes', 'fails', 'known'].map((what) => number(of(what + suffix))),
  ];
  const head = ['reason', 'failed', isDry ? 'would pass' : 'passed', 'fail again', 'are events already'];
  return tableOf(head, [...reasons.map((reason) => row(reason, `:${reason}`)), row('all', '')]);
}

function tableOf(head: string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
