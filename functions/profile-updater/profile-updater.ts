import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { StateError } from '../../shared/profile/state.ts';
import { receivedRecords } from '../adapters/kinesis-batch.ts';
import { errorFields, type log } from '../adapters/log.ts';
import { groupByProfile, type ProfileBatch } from './group-by-profile.ts';
import { ProfileTooLargeError, updateProfile, type Writer } from './update-profile.ts';
import { WarmProfiles } from './warm-profiles.ts';

export interface ProfileUpdaterProps extends Omit<Writer, 'warm'> {
  readonly log: typeof log;
}

/** Writes under way at once. */
const IN_FLIGHT = 24;

/**
 * Makes the stream consumer that keeps the profiles: folds a batch per profile and writes each touched profile once.
 *
 * After a first failure no further profile is begun, and the batch is answered with the earliest record of a profile that
 * was not written: everything from there comes again, in order, and what had been written is skipped by its position.
 * A profile that can never be written is logged by its opaque id and left behind, so that it does not hold up the shard;
 * its events are in the lake.
 */
export function createProfileUpdater(props: ProfileUpdaterProps) {
  const writer = { ...props, warm: new WarmProfiles() };
  return async (event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => {
    const records = receivedRecords(event);
    const unwritten = await updateAll(writer, groupByProfile(records));
    const first = records[Math.min(...unwritten.map(({ firstRecord }) => firstRecord))];
    return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
  };
}

/** Updates the profiles of a batch, several at once, and returns those that must come again. */
async function updateAll(
  props: ProfileUpdaterProps & Writer,
  batches: readonly ProfileBatch[],
): Promise<ProfileBatch[]> {
  const waiting = new Set(batches);
  let hasFailed = false;
  let applied = 0;
  let repeated = 0;
  const fail = (error: unknown) => {
    hasFailed = true;
    props.log('error', 'Profiles were not written; the batch comes again.', {
      code: 'profiles_not_written',
      ...errorFields(error),
    });
  };

  const items = await props.store.read(batches.map(({ key }) => key)).catch(fail);
  if (items === undefined) return [...waiting];
  const remaining = batches.values();
  const work = async () => {
    for (const batch of remaining) {
      if (hasFailed) return;
      try {
        const update = await updateProfile(props, batch.key, batch.deliveries, items.get(batch.key));
        applied += update.applied;
        repeated += update.repeated;
      } catch (error) {
        if (!isHopeless(error)) {
          fail(error);
          continue;
        }
        props.log('error', 'A profile can never be written; its events were left out.', {
          code: 'profile_unwritable',
          profileId: profileIdOf(batch.key),
          events: batch.deliveries.length,
          ...errorFields(error),
        });
      }
      waiting.delete(batch);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const profiles = batches.length - waiting.size;
  props.log('info', 'A batch was folded into profiles.', { code: 'profiles_updated', profiles, applied, repeated });
  return [...waiting];
}

/** Whether trying again would fail again: damaged or too large. A state of a newer version waits for its deployment. */
function isHopeless(error: unknown): boolean {
  if (error instanceof StateError) return !error.isNewer;
  return error instanceof ProfileTooLargeError;
}
