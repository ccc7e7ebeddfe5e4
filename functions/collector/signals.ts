import type { StreamSignals } from '../../schemas/event/stream-record.ts';
import type { ConsentSettings } from '../../schemas/privacy-settings.ts';
import { countryOf } from '../../shared/privacy/consent.ts';
import type { HttpEvent } from '../middleware/http.ts';

/** What a request says of consent beside its events, as far as the settings ask for it; undefined when that is nothing. */
export function signalsOf(
  { headers }: HttpEvent,
  { doNotTrack, regions, countryHeader }: ConsentSettings,
): StreamSignals | undefined {
  const isRefused = doNotTrack === 'deny' && (headers.dnt?.trim() === '1' || headers['sec-gpc']?.trim() === '1');
  const country = regions.length > 0 ? countryOf(headers[countryHeader]) : undefined;
  if (!isRefused && country === undefined) return undefined;
  return { ...(isRefused && { doNotTrack: true }), ...(country !== undefined && { country }) };
}
