import type { UnlinkRecord } from '../../schemas/stream/control.ts';
import { type SplitRequest, splitRecords } from '../../shared/identity/split.ts';
import type { FoundPerson } from '../adapters/person.ts';
import { invalidBody } from '../middleware/body.ts';

/** The records that take ids out of a person. Throws a problem that names each id that cannot be taken out. */
export function splitOf(
  { home, parts }: FoundPerson,
  ids: readonly string[],
  request: SplitRequest,
): readonly UnlinkRecord[] {
  const errors = ids.flatMap((id, place) => {
    const path = `ids.${place}`;
    if (id === home) return [{ path, message: 'is the key that stands for the person: take the others out instead' }];
    if (!parts.has(id))
      return [{ path, message: 'is no key of this person: GET /v1/profiles/{id}/identity lists them' }];
    return [];
  });
  if (errors.length > 0) throw invalidBody(errors);
  return splitRecords(parts.keys(), new Set(ids), request);
}
