import type { PrivacyRequestView } from '../../../schemas/api/privacy.ts';

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

/** Looks at a request until it is over, and tells each thing that is done for it. */
export async function follow(
  read: () => Promise<PrivacyRequestView>,
  output: NodeJS.WritableStream,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<PrivacyRequestView> {
  let told = '';
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.3, LONGEST_PAUSE_MS)) {
    const view = await read();
    if (view.state === 'done' || view.state === 'failed') return view;
    const line = labels[view.step] ?? view.step;
    if (line !== told) output.write(`${view.id}: ${line}\n`);
    told = line;
    await pause(pauseMs);
  }
}

/** What the steps do, in words. */
const labels: Readonly<Record<string, string>> = {
  waiting: 'waits its turn',
  find: 'finds all ids of the person',
  note: 'writes the tombstones',
  settle: 'waits until all that came before is stored',
  count: 'counts what is there',
  tell: 'has the profiles emptied',
  hear: 'waits until the profiles are gone',
  land: 'waits until all have heard of it',
  look: 'looks through all profiles',
  due: 'takes out due times',
  audience: 'takes out memberships and transitions',
  reports: 'takes out runs of reports',
  setAside: 'goes through batches that were set aside',
  lake: 'goes through the lake',
  verify: 'looks once more',
  receipt: 'writes the receipt',
};
