import type { BarrierRecord } from '../../schemas/stream/control.ts';
import type { ReadAudienceOf } from '../adapters/audience-of-person.ts';
import type { WriteAudit } from '../adapters/audit-trail.ts';
import type { PutBarrier } from '../adapters/barrier-records.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import type { Item } from '../adapters/dynamodb.ts';
import type { log } from '../adapters/log.ts';
import type { PrivacyRegister } from '../adapters/privacy-register.ts';
import type { PrivacyRequests } from '../adapters/privacy-requests.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';
import type { WalkTable } from '../adapters/table-walk.ts';
import type { LakeErasure } from './lake/types.ts';
import type { Consumer } from './pass.ts';
import type { SetAsideBatches } from './set-aside.ts';

/** A table that is looked through, and from which items go. */
export interface ErasedTable {
  readonly walk: WalkTable;
  /** Deletes items by their keys; what is not there is deleted already. */
  readonly remove: (keys: readonly Item[]) => Promise<void>;
}

/** What the steps of an erasure reach. */
export interface Reach {
  readonly requests: Pick<PrivacyRequests, 'open' | 'note' | 'finish' | 'noteExport' | 'exportsOf'>;
  readonly register: Pick<PrivacyRegister, 'erase'>;
  readonly profiles: Pick<ProfileStore, 'read'>;
  readonly profilesTable: ErasedTable;
  /** Entries of several profiles are written anew with those that are left. */
  readonly dueTable: ErasedTable;
  readonly reportsTable: ErasedTable;
  readonly audience: { readonly read: ReadAudienceOf; readonly remove: ErasedTable['remove'] };
  readonly stream: ControlStream;
  readonly putBarrier: PutBarrier;
  /** The shards on which a consumer has passed a barrier. */
  readonly passed: (consumer: Consumer, barrier: BarrierRecord['id']) => Promise<ReadonlySet<string>>;
  readonly setAside: SetAsideBatches;
  readonly lake: LakeErasure;
  /** Writes to the audit log. */
  readonly audit: WriteAudit;
  /** Hours that the stream keeps what lies on it. */
  readonly streamHours: number;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: typeof log;
}
