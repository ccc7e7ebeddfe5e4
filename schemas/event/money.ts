import * as z from 'zod';

/** Units of `Money` in one unit of a currency: sums stay exact, and equal `decimal(18,4)` in the lake. */
export const MONEY_SCALE = 10_000;

/** An amount in 1/10,000 of a currency unit, as an integer: 19.90 is 199000. */
export const money = z.number().int();

export type Money = z.infer<typeof money>;
