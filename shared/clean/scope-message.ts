import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import { idIn, type Spaces } from '../identity/spaces.ts';
import { idTextOf } from './id-text.ts';
import { type Drop, drop } from './step.ts';

/** Fields of a message by which people, devices and groups are told apart. */
const idFields = ['userId', 'anonymousId', 'previousId', 'groupId'] as const;

/**
 * Puts the ids of a message behind the name of its space, so that raw, events and profile know it alike, whenever they are
 * read. Changes `message`. May be applied again. What is no id is left for cleaning to refuse.
 */
export function scopeMessage(message: Record<string, unknown>, space: string): void {
  for (const field of idFields) {
    const id = idTextOf(message[field]);
    if (id !== undefined) message[field] = idIn(space, id);
  }
}

/** Why an event must not get in that names somebody, or something, of another space than its source's. */
export function foreignId(event: CleanEvent, space: string | undefined, spaces: Spaces): Drop | undefined {
  for (const field of idFields) {
    const of = spaces.ofId(event[field]);
    if (of !== undefined && of !== space) {
      const detail = 'expected an id that does not begin with the name of a space and a slash, found the name of one';
      return drop('foreign_space', field, detail);
    }
  }
  return undefined;
}
