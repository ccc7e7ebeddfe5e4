import { type Column, dayPartition, text } from './column.ts';

export const person = text('person_key', 'Person: the key that all keys of the person are joined to by now.');
export const message = text('message_id', 'messageId of the event.');
export const currencyOfAmounts = text('currency', 'ISO 4217 code of the amounts of the row.');
export const dayOf = (arrived: string): Column => ({
  ...dayPartition,
  comment: `UTC day on which ${arrived} arrived, YYYY-MM-DD.`,
});

/** Where a visit came from. */
export const origin = [
  text('channel', 'Traffic channel: paid, email, social, organic, referral or direct.'),
  text('source', 'Campaign source, else the host of the referring page.'),
  text('medium', 'Campaign medium.'),
  text('campaign', 'Campaign name.'),
] as const;
