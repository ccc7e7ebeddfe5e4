import type { UnsavedDefinition } from '../../schemas/api/segment-routes.ts';
import type { RfmQuintiles } from '../../schemas/api/segments.ts';
import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import type { SegmentPreview } from '../../schemas/segment/view.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { type CatalogBody, type CatalogSegment, latestOf } from '../../shared/segments/catalog-body.ts';
import { checkReferences } from '../../shared/segments/check-references.ts';
import { previewSql } from '../../shared/segments/sql/members.ts';
import { QueryTooLongError } from '../../shared/segments/sql/query.ts';
import { rfmQuintilesSql } from '../../shared/segments/sql/rfm-quintiles.ts';
import { invalidBody } from '../middleware/body.ts';
import type { AskLake } from './ask-lake.ts';
import { refusedAsProblem } from './change-catalog.ts';

const UNSAVED = 'unsaved';

/** Who would be in an unsaved segment as of `asOf`: how many, and up to 20 of them. Throws problems. */
export async function preview(
  ask: AskLake,
  body: CatalogBody,
  given: UnsavedDefinition,
  asOf: number,
  milliseconds: number,
): Promise<SegmentPreview> {
  const definition = { name: UNSAVED, ...given, id: given.id ?? UNSAVED } as SegmentDefinition;
  refusedAsProblem(() => checkReferences(body, definition));
  const others = body.entries.filter(({ id }) => id !== definition.id).map(deciding);
  const rows = await ask(
    shortEnough(() => previewSql([...others, definition], definition.id, { asOf })),
    milliseconds,
  );
  return {
    count: Number(rows[0]?.[1] ?? 0),
    sample: rows.map(([key]) => ({ profileId: profileIdOf(key ?? ''), key: key ?? '', userId: userIdOf(key ?? '') })),
  };
}

/** The definition that decides about members now, or will as soon as one does. */
const deciding = (segment: CatalogSegment): SegmentDefinition => segment.live ?? latestOf(segment);

function shortEnough<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof QueryTooLongError)) throw error;
    throw invalidBody([{ path: 'condition', message: error.message }]);
  }
}

/** Bounds between the fifths of a currency's customers as of `asOf`. Throws problems. */
export async function rfmQuintiles(
  ask: AskLake,
  currency: string,
  asOf: number,
  milliseconds: number,
): Promise<RfmQuintiles> {
  const [row = []] = await ask(rfmQuintilesSql(currency, { asOf }), milliseconds);
  const [customers, ...bounds] = row;
  const [recencyDays, frequency, monetary] = bounds.map((text): number[] | null => JSON.parse(text ?? 'null'));
  return {
    currency,
    customers: Number(customers ?? 0),
    recencyDays: recencyDays ?? null,
    frequency: frequency ?? null,
    monetary: monetary ?? null,
    asOf: new Date(asOf).toISOString(),
  };
}

const USER = 'user:';
export const userIdOf = (key: string): string | null => (key.startsWith(USER) ? key.slice(USER.length) : null);
