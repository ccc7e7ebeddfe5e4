import * as z from 'zod';
import { isBlockedId } from './blocked-ids.ts';
import { MAX_ID_LENGTH, MAX_MESSAGE_ID_LENGTH } from './vocabulary.ts';

/** Text, or a number that a double holds exactly: a longer one has lost digits on its way. */
const idOf = (maxLength: number) =>
  z
    .union([
      z.string(),
      z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
        message: 'a whole number beyond 2^53 has lost digits: send it as text',
      }),
    ])
    .nullish()
    .transform((value) => (value === undefined || value === null ? '' : String(value).trim()))
    .pipe(z.string().max(maxLength));

const id = idOf(MAX_ID_LENGTH);
/** An id of a person or device: a placeholder such as `null` or `-1` is none. */
const identifier = id.transform((text) => (isBlockedId(text) ? '' : text));
const object = z.record(z.string(), z.unknown()).nullish();
const text = z.string().nullish();

const fields = {
  messageId: idOf(MAX_MESSAGE_ID_LENGTH).describe('Id by which the message counts once. Made where it is missing.'),
  userId: identifier.describe('Id of a known person.'),
  anonymousId: identifier.describe('Id of a device or browser.'),
  groupId: id.describe('Id of a group: a company, a team, a household.'),
  previousId: identifier.describe('Id that an alias joins to the userId.'),
  properties: object.describe('What is known of the event, page or screen.'),
  traits: object.describe('What is known of the person or group.'),
  context: object.describe('What is known of the device, page, campaign, library.'),
  integrations: object.describe('Destinations to use.'),
  timestamp: z.unknown().optional().describe('When it happened: ISO 8601, or seconds or milliseconds since 1970.'),
  originalTimestamp: z.unknown().optional().describe('The same, as the device saw it.'),
  sentAt: z.unknown().optional().describe('When the request left the device.'),
};

const hasId = (message: { userId: string; anonymousId: string }): boolean =>
  message.userId !== '' || message.anonymousId !== '';

const identified = { error: 'give a userId or an anonymousId' };
const name = z.string().trim().min(1);

/** The Segment message, by type: what `clean` takes. Unknown fields are kept in the raw table and ignored. */
export const segmentMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('identify'), ...fields }).refine(hasId, identified),
  z
    .object({ type: z.literal('track'), ...fields, event: name.describe('Name of the event.') })
    .refine(hasId, identified),
  z.object({ type: z.literal('page'), ...fields, name: text.describe('Name of the page.') }).refine(hasId, identified),
  z
    .object({ type: z.literal('screen'), ...fields, name: text.describe('Name of the screen.') })
    .refine(hasId, identified),
  z.object({ type: z.literal('group'), ...fields, groupId: id.pipe(z.string().min(1)) }).refine(hasId, identified),
  z
    .object({ type: z.literal('alias'), ...fields, previousId: identifier.pipe(z.string().min(1)) })
    .refine(hasId, identified),
]);

export type SegmentMessage = z.input<typeof segmentMessage>;
