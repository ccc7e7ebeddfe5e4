import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { storable } from './sanitise.ts';

/**
 * The id of a person, a device or a group in a field of a message as it was received, as cleaning reads it; undefined for
 * what is no id, such as a placeholder. How long it may be is judged elsewhere.
 */
export function idTextOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? textOfNumber(value) : value;
  if (typeof text !== 'string') return undefined;
  const id = storable(text).trim();
  return isBlockedId(id) ? undefined : id;
}

/** A whole number beyond 2⁵³ has lost digits, and two people may share what is left: it is no id. */
export function textOfNumber(value: number): string | undefined {
  const isExact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isExact ? String(value) : undefined;
}
