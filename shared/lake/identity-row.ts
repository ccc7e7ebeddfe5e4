import type { identitiesLanded } from '../../schemas/lake/tables.ts';
import type { IdentityChange } from '../../schemas/stream/control.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface IdentitySource {
  readonly change: IdentityChange;
  readonly position: Position;
}

export const identityReaders: ColumnReaders<typeof identitiesLanded, IdentitySource> = {
  profile_key: ({ change }) => change.profileKey,
  parent_key: ({ change }) => change.parentKey ?? undefined,
  moves: ({ change }) => change.moves,
  changed_at: ({ change }) => change.time,
  why: ({ change }) => change.why,
  message_id: ({ change }) => change.messageId,
  ...positionReaders,
};
