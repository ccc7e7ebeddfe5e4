import { startHeadwater } from '../e2e/headwater.ts';

/** The local runtime in a process of its own, so that nothing of a benchmark counts as the runtime's memory or time. */
export type Question = 'settle' | 'memory' | 'counts' | 'events' | 'killBackfill' | 'stop';

const headwater = await startHeadwater();
const answers: Record<Question, () => unknown> = {
  settle: () => headwater.settled(),
  memory: () => headwater.runtime.memory(),
  counts: () => headwater.runtime.gateway.counts(),
  events: async () => Number((await headwater.query('SELECT count(*) AS n FROM events'))[0]?.n),
  killBackfill: () => headwater.kill('Backfill'),
  stop: () => headwater.stop(),
};

process.on('message', async (question: Question) => {
  process.send?.({ question, answer: await answers[question]() });
  if (question === 'stop') process.disconnect();
});
process.send?.({ question: 'start', answer: headwater.url });
