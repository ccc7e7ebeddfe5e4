import { asControlRecord, type ControlRecord } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../clean/cleaned-record.ts';

/** How every control record begins: its writer puts the version first, then the kind. */
const START = '{"v":1,"kind":"';
/** Longest kind with its closing quote, after the start. */
const LOOKED_AT = START.length + 'transitions"'.length;
const EVENTS = 'events"';

/**
 * The control record that a stream record is, or undefined for anything else: an envelope of events, what other producers
 * write, and what is damaged, all of which `cleanRecord` takes. Never throws. Of events it looks at the first bytes only.
 */
export function controlOf({ data }: Pick<ReceivedRecord, 'data'>): ControlRecord | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const start = bytes.toString('latin1', 0, LOOKED_AT);
  if (!start.startsWith(START) || start.startsWith(EVENTS, START.length)) return undefined;
  try {
    return asControlRecord(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
