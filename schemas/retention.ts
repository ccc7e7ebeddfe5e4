import { type Variable, VariableError } from './variable.ts';

/**
 * Tables of the lake whose days may go by age, by the names of their views. Not the others: without `identities` nobody is
 * one person any more, and without `mended_events` events that were mended would count as failed again.
 */
export const expiringTables = [
  'raw',
  'events',
  'failed_events',
  'transitions',
  'recommendations',
  'marketing_spend',
  'alerts',
  'audit_log',
] as const;

/** What is kept for some days: rows of tables from their day on, people from when they were last seen on. */
type Expiring = (typeof expiringTables)[number] | 'profiles';

/** Days that each is kept; for good where it is not said. */
export type RetentionDays = Readonly<Partial<Record<Expiring, number | undefined>>>;

/** Such days as JSON. */
export const retentionDays = (description: string): Variable<Readonly<Record<string, number>>> => ({
  description,
  read: (given) => {
    let days: unknown;
    try {
      days = JSON.parse(given);
    } catch {
      throw new VariableError('is no JSON');
    }
    if (typeof days !== 'object' || days === null || Array.isArray(days)) throw new VariableError('is no object');
    for (const [table, kept] of Object.entries(days)) {
      const isTable = table === 'profiles' || (expiringTables as readonly string[]).includes(table);
      if (!isTable || !Number.isInteger(kept) || kept < 1) throw new VariableError('is no number of days by table');
    }
    return days as Record<string, number>;
  },
});
