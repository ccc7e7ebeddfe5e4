import { big, instant, type LandedTable, text, whole } from './column.ts';
import { position } from './position.ts';

export const transitionsLanded = {
  name: 'transitions_landed',
  comment: 'Entries to and exits from segments as landed: a transition may be repeated. Query transitions instead.',
  columns: [
    text('transition_id', 'One for each transition, however often it was published.'),
    text('profile_id', 'Opaque id of the person.'),
    text('person_key', 'Key of the person at that moment: user:<userId>, anonymous:<anonymousId> or <kind>:<id>.'),
    big(
      'transition_number',
      'Number of the transition among those of the person: one more than the last; the first goes by its time.',
    ),
    text('segment_id', 'Segment; <id>:<value> for one that has members by value.'),
    whole('version', 'Version of the definition of the segment.'),
    text('change', 'entered or exited.'),
    instant('changed_at', 'When the membership changed: the arrival of the event, or the moment that was due.'),
    text('cause', 'What made the change: event, time, merge, split, definition, rebuild of profiles, or retention.'),
    text('cause_event', 'Name of the event that made it.'),
    text('cause_message_id', 'messageId of that event.'),
    instant('cause_time', 'When that event happened, or the moment that was due.'),
    ...position,
  ],
  sealing: {
    identity: ['transition_id'],
    order: ['sequence_number', 'record_index'],
    sort: ['profile_id', 'transition_number'],
  },
} as const satisfies LandedTable;

export const identitiesLanded = {
  name: 'identities_landed',
  comment: 'Joins of identifiers as landed: every change of every key. Query identities for what holds now.',
  columns: [
    text('profile_key', 'Key that was joined, or separated: user:<userId>, anonymous:<anonymousId> or <kind>:<id>.'),
    text('parent_key', 'Key of the same person that it was joined to; null when it stands by itself again.'),
    whole('moves', 'A number that grows with each change of the key: the greatest holds.'),
    instant('changed_at', 'When it changed.'),
    text('why', 'What joined it: identify, alias, trait or externalId; what separated it: split, limit or retention.'),
    text('message_id', 'messageId of the event that joined it.'),
    ...position,
  ],
  sealing: {
    identity: ['profile_key', 'parent_key', 'moves', 'changed_at'],
    order: ['sequence_number', 'record_index'],
    sort: ['profile_key', 'moves'],
  },
} as const satisfies LandedTable;
