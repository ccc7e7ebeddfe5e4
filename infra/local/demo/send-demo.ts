import path from 'node:path';
import type { AfterStart, StepContext } from '../after-start.ts';
import { readState, writeState } from '../state-file.ts';
import { openProgress } from './progress.ts';
import { replay } from './replay.ts';
import { sendCatalog } from './send-catalog.ts';
import { generateStore, type Store } from './store.ts';

const SEED = 1;
const HOUR_MS = 3_600_000;

/** What the data folder remembers of the demo store: enough to make the same one again. */
interface DemoState {
  readonly seed: number;
  readonly end: string;
  /** Set when every delivery was sent; before that, a restart sends the same messages again. */
  readonly sentAt: string | null;
}

const stateFile = (dataDir: string) => path.join(dataDir, 'state', 'demo.json');

/** What a data folder remembers of its demo store. A new one ends an hour ago. */
export async function demoStateOf(dataDir: string, now: Date): Promise<DemoState> {
  const end = new Date(now.getTime() - HOUR_MS).toISOString();
  return (await readState<DemoState>(stateFile(dataDir))) ?? { seed: SEED, end, sentAt: null };
}

export const storeOf = ({ seed, end }: DemoState): Store => generateStore({ seed, end: new Date(end) });

/** Sends the demo store's events over HTTP, once a data folder, and waits until they are folded and landed. */
export const sendDemo: AfterStart = {
  title: 'The demo store',
  demo: true,
  async run({ runtime, options, print }: StepContext): Promise<boolean> {
    const state = await demoStateOf(options.dataDir, new Date());
    if (state.sentAt) {
      print(`The demo store's events are in this data folder since ${state.sentAt}.`);
      return true;
    }
    await writeState(stateFile(options.dataDir), state);
    const store = storeOf(state);
    const { soldOut } = await sendCatalog(store.catalog, { apiUrl: runtime.apiUrl, apiKey: 'sk_local' });
    print(`${store.catalog.length} items sent to the catalog, ${soldOut} of them sold out.`);
    const progress = openProgress('Sending the demo store', total(store));
    const { sent, refused, seconds, unexpected } = await replay(store, {
      apiUrl: runtime.apiUrl,
      writeKey: 'wk_local',
      now: () => new Date(),
      onProgress: progress.update,
    });
    progress.stop();
    print(`${sent} messages sent in ${seconds.toFixed(1)} s, ${refused} refused as they should be.`);
    for (const { path: route, status, answer } of unexpected)
      print(`  unexpected answer ${status} from ${route}: ${answer}`);
    const settled = performance.now();
    await runtime.settled();
    print(`Folded and landed ${((performance.now() - settled) / 1000).toFixed(1)} s later.`);
    if (unexpected.length > 0) return false;
    await writeState(stateFile(options.dataDir), { ...state, sentAt: new Date().toISOString() });
    return true;
  },
};

const total = ({ deliveries }: Store): number => deliveries.reduce((sum, { messages }) => sum + messages.length, 0);
