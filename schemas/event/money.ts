import * as z from 'zod';

/** An amount in 1/10,000 of a currency unit, as an integer: 19.90 is 199000. */
export const money = z.number().int();

export type Money = z.infer<typeof money>;
