import type { Context } from 'aws-lambda';
import type { PutRecords, StreamRecord } from '../../../functions/adapters/store-in-order.ts';
import { collector } from '../../../functions/collector/collector.ts';
import { writeScopes } from '../../../schemas/access-key.ts';
import type { StreamEnvelope } from '../../../schemas/event/stream-record.ts';
import { openPrivacy, type PrivacySettings } from '../../../schemas/privacy-settings.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';
import { settingsKeys } from '../settings-keys.ts';

export const WRITE_KEY = 'wk_local';
export const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

/** A collector with the write key `wk_local` of source `local`, and the stream behind it. */
export function aCollector(
  refusal: (record: StreamRecord) => string | undefined = () => undefined,
  privacy: PrivacySettings = openPrivacy,
) {
  const records: StreamRecord[] = [];
  const put: PutRecords = async (batch) =>
    batch.map((record) => {
      const code = refusal(record);
      if (code === undefined) records.push(record);
      return code;
    });
  const handler = collector({ keys: settingsKeys({ local: WRITE_KEY }, writeScopes), put, privacy });
  return {
    records,
    /** What the stream holds, in the order of arrival. */
    envelopes: () => records.map(({ data }) => JSON.parse(Buffer.from(data).toString('utf8')) as StreamEnvelope),
    events: () => records.flatMap(({ data }) => JSON.parse(Buffer.from(data).toString('utf8')).events),
    request: async (routeKey: string, parts: HttpEventParts = {}, context: Partial<Context> = {}) =>
      answerOf(await handler(anHttpEvent(routeKey, parts), aContext(context))),
    /** Sends JSON with the right write key. */
    send: async (routeKey: string, body: unknown, parts: HttpEventParts = {}) =>
      answerOf(
        await handler(
          anHttpEvent(routeKey, {
            ...parts,
            headers: { ...basic(WRITE_KEY), ...parts.headers },
            body: JSON.stringify(body),
          }),
          aContext(),
        ),
      ),
  };
}
