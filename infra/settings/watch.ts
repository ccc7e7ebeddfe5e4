import { z } from 'zod';
import { type WatchMetric, watchMetrics } from '../../schemas/watch.ts';

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;
const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** When figures ring: what each metric is, `watchMetrics` in schemas/watch.ts tells. */
export const watch = z
  .strictObject({
    /** When the watch looks, as EventBridge writes it, in UTC. */
    schedule: z
      .string()
      .regex(/^(cron|rate)\(.+\)$/, 'is no schedule such as cron(15 * * * ? *) or rate(1 hour)')
      .default('cron(15 * * * ? *)'),
    rules: z
      .array(
        z
          .strictObject({
            id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'is a name of small letters, digits and dashes'),
            metric: z.enum(Object.keys(watchMetrics) as [WatchMetric, ...WatchMetric[]]),
            direction: z.enum(['falls', 'rises']),
            /** Share of the median of the last 8 same weekdays, up to the same hour: 0.2 for 20 %. */
            change: z.number().positive().max(100).optional(),
            /** What the metric must not fall below, or rise above. */
            threshold: z.number().optional(),
            /** Fewer sessions, orders or messages than these say nothing, so that small shops don't ring by chance. */
            least: z.int().min(0),
          })
          .refine(({ change, threshold }) => change !== undefined || threshold !== undefined, {
            error: 'needs a change or a threshold',
          }),
      )
      .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'holds an id twice')
      .default([
        { id: 'conversion-falls', metric: 'conversion', direction: 'falls', change: 0.2, least: 500 },
        { id: 'orders-fall', metric: 'orders', direction: 'falls', change: 0.5, least: 30 },
        { id: 'sessions-fall', metric: 'sessions', direction: 'falls', change: 0.5, least: 200 },
        { id: 'quality-low', metric: 'quality', direction: 'falls', threshold: 80, least: 1_000 },
      ]),
    /** Hours of each day in which nothing rings; what is noticed in them rings afterwards. */
    quietHours: z
      .strictObject({
        timeZone: z.string().refine(isTimeZone, 'is no IANA time zone such as Europe/Berlin'),
        from: z.string().regex(timeOfDay, 'is no time HH:MM'),
        to: z.string().regex(timeOfDay, 'is no time HH:MM'),
      })
      .optional(),
  })
  .refine((settings) => JSON.stringify(settings).length <= 2_500, 'is too long: a function has room for about 20 rules')
  .prefault({});
