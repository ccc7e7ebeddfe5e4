import type { ErasedAgain, PrivacyTask } from '../../../schemas/privacy.ts';
import { StartError } from '../errors.ts';
import { FunctionFailedError, openFunction, type Where } from '../function-target.ts';

/**
 * Has the worker of a stage ask again for every erasure since a moment, in milliseconds since 1970. It looks through the
 * profiles and the lake, which takes minutes. Throws a `StartError`.
 */
export async function eraseAgain(where: Where, since: number): Promise<ErasedAgain> {
  const target = await openFunction<PrivacyTask, ErasedAgain>(
    {
      output: 'PrivacyWorkerFunction',
      part: 'PrivacyRequestsWorker',
      what: 'Erasing again',
      many: 'requests of privacy',
    },
    where,
  );
  try {
    return await target.call({ task: 'erase-again', since });
  } catch (error) {
    if (!(error instanceof FunctionFailedError)) throw error;
    throw new StartError(`The worker failed: ${error.message}. Its log is ${target.log}; do it again.`, {
      cause: error,
    });
  } finally {
    target.close();
  }
}
