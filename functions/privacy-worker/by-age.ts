import { embeddedMetrics } from '../adapters/embedded-metrics.ts';
import { errorFields, type log } from '../adapters/log.ts';

export interface ByAgeProps {
  /** Namespace of metrics. */
  readonly namespace: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: typeof log;
  /** Writes a line of the log as it is. */
  readonly print: (line: string) => void;
}

const code = 'retention_failed';

/** Runs what deletes by age. Its clock comes only hours later again: so when it fails, a metric says it. */
export function createByAge({ namespace, clock, log, print }: ByAgeProps) {
  return async <Result>(task: string, run: () => Promise<Result>): Promise<Result> => {
    try {
      return await run();
    } catch (error) {
      log('error', 'What was kept long enough could not be deleted.', { code, task, ...errorFields(error) });
      print(embeddedMetrics({ namespace, metrics: { RetentionFailed: 1 }, time: clock(), fields: { code, task } }));
      throw error;
    }
  };
}
