import { AwsError } from '../errors.ts';

interface Entry {
  readonly Id: string;
}

interface BatchResult {
  readonly Successful: object[];
  readonly Failed: object[];
}

const tooMany = 10;

/** Throws when a batch cannot be taken as a whole: empty, too long, or with ids that are wrong or double. */
export function checkBatch(entries: readonly Entry[]): void {
  const ids = entries.map(({ Id }) => Id);
  if (ids.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > tooMany) {
    const message = `Maximum number of entries per request are ${tooMany}. You have sent ${ids.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const wrong = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (wrong !== undefined) throw new AwsError('InvalidBatchEntryId', `The batch entry id '${wrong}' is not valid.`);
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${double} repeated.`);
}

/** Does something with each entry; what one fails with does not touch the others. */
export async function eachEntry(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<BatchResult> {
  const result: BatchResult = { Successful: [], Failed: [] };
  for (const entry of entries) {
    try {
      await work(entry);
      result.Successful.push({ Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      result.Failed.push({ Id: entry.Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return result;
}
