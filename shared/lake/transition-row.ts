import type { transitionsLanded } from '../../schemas/lake/tables.ts';
import type { Transition } from '../../schemas/stream/control.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface TransitionSource {
  readonly transition: Transition;
  readonly position: Position;
}

export const transitionReaders: ColumnReaders<typeof transitionsLanded, TransitionSource> = {
  transition_id: ({ transition }) => transition.id,
  profile_id: ({ transition }) => transition.profileId,
  person_key: ({ transition }) => transition.key,
  transition_number: ({ transition }) => transition.n,
  segment_id: ({ transition }) => transition.segmentId,
  version: ({ transition }) => transition.version,
  change: ({ transition }) => transition.to,
  changed_at: ({ transition }) => transition.at,
  cause: ({ transition }) => transition.cause.type,
  cause_event: ({ transition }) => transition.cause.event,
  cause_message_id: ({ transition }) => transition.cause.messageId,
  cause_time: ({ transition }) => transition.cause.time,
  ...positionReaders,
};
