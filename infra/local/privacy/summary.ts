import Table from 'cli-table3';
import type { PrivacyRequestView } from '../../../schemas/api/privacy.ts';

/** How a request stands, for a terminal: an erasure by its receipt, an export by its link. */
export function summaryOf(view: PrivacyRequestView): string {
  const { id, type, state, step, completedAt, receipt, download, failure } = view;
  const isOpen = state === 'waiting' || state === 'running';
  const head = `The ${type} ${id} is ${isOpen ? `${state} (${step})` : `${state} since ${completedAt}`}.`;
  if (failure !== undefined) return `${head}\n${failure}`;
  if (download !== undefined) return `${head}\nUntil ${download.expiresAt} without a key:\n${download.url}`;
  if (receipt === undefined) return head;
  if (receipt.removed.length === 0) return `${head}\nNothing was held of this person.`;
  const removed = tableOf(['removed from', 'what', 'count']);
  removed.push(...receipt.removed.map(({ store, what, count }) => [store, what, count.toLocaleString('en-US')]));
  const remaining = tableOf(['may remain in', 'until']);
  remaining.push(...receipt.remaining.map(({ store, until }) => [store, until ?? 'somebody deletes it']));
  return [head, removed.toString(), remaining.toString()].join('\n');
}

/** What came of erasing again, for a terminal. */
export function againText(erasures: number, requests: readonly string[]): string {
  if (erasures === 0) return 'Nobody was erased since.';
  const since = `${erasures === 1 ? 'One erasure' : `${erasures} erasures`} since`;
  if (requests.length === 0) return `${since}: nothing of anybody is back.`;
  return `${since}. Erased again, because something is back: ${requests.join(', ')}`;
}

const tableOf = (head: string[]) => new Table({ head, style: { head: [], border: [], compact: true } });
