import { purposes } from '../../../schemas/event/vocabulary.ts';
import type { ConsentCondition, ShareCondition, TraitCondition } from '../../../schemas/segment/definition.ts';
import { fits, limits } from '../../profile/limits.ts';
import { md5Digits } from './measured-value.ts';
import { extract, jsonOperand } from './operand.ts';
import type { PersonQuery } from './person-query.ts';
import { jsonPath, quote } from './quote.ts';
import { valueTest } from './value-test.ts';

const latestWrite = (query: PersonQuery): string => `ROW(event_time, ${query.column('message_id')})`;

/** A test of a trait: of the last write by event time to its top-level name, null and too large values unset it. */
export function traitCondition(query: PersonQuery, condition: TraitCondition): string {
  const [name = '', ...rest] = condition.name.split('.');
  if (!fits(name, limits.nameBytes)) return valueTest({ exists: 'false' }, condition, query.asOf);
  const written = query.events.add(
    `CASE WHEN type = 'identify' THEN json_format(json_extract(traits, ${jsonPath([name])})) END`,
    'written',
    name,
  );
  const kept = `CASE WHEN length(to_utf8(${written})) <= ${limits.traitValueBytes} THEN ${written} END`;
  const latest = `max_by(${kept}, ${latestWrite(query)}) FILTER (WHERE ${written} IS NOT NULL)`;
  const trait = query.people.add(latest, 'trait', name);
  const value = rest.length === 0 ? trait : query.facts.add(inner(trait, rest), 'trait', condition.name);
  return valueTest(jsonOperand(value), condition, query.asOf);
}

/** What lies deeper in the value of a trait. A way whose first name is a number must not lead into a list. */
const inner = (trait: string, keys: readonly string[]): string =>
  `CASE WHEN ${trait} LIKE '{%' THEN ${extract(trait, keys)} END`;

/** The last answer to a purpose, over all events; without one it is denied if it was by default at any event. */
export function consentCondition(query: PersonQuery, { purpose, is }: ConsentCondition): string {
  const isKept = fits(purpose, limits.nameBytes);
  if (!isKept) return is === 'unknown' ? 'true' : 'false';
  const preferences = `json_format(json_extract(context, ${jsonPath(['consent', 'categoryPreferences'])}))`;
  const answer = `json_extract_scalar(context, ${jsonPath(['consent', 'categoryPreferences', purpose])})`;
  const json = `json_format(json_extract(context, ${jsonPath(['consent', 'categoryPreferences', purpose])}))`;
  const given = query.events.add(
    `CASE WHEN ${preferences} LIKE '{%' AND ${json} IN ('true', 'false') THEN ${answer} = 'true' END`,
    'consent_given',
    purpose,
  );
  const latest = `max_by(${given}, ${latestWrite(query)}) FILTER (WHERE ${given} IS NOT NULL)`;
  const consent = query.people.add(
    (purposes as readonly string[]).includes(purpose) ? `coalesce(${latest}, ${byDefault(query, purpose)})` : latest,
    'consent',
    purpose,
  );
  if (is === 'unknown') return `${consent} IS NULL`;
  return is === 'granted' ? consent : `NOT ${consent}`;
}

/** False if the purpose was denied by default at any event, else null. */
function byDefault(query: PersonQuery, purpose: string): string {
  const defaults = `json_format(json_extract(context, ${jsonPath(['consent', 'defaults'])}))`;
  const json = `json_format(json_extract(context, ${jsonPath(['consent', 'defaults', purpose])}))`;
  const denied = query.events.add(
    `CASE WHEN ${defaults} LIKE '{%' AND ${json} = 'false' THEN false END`,
    'consent_denied',
    purpose,
  );
  return `bool_and(${denied})`;
}

/** A fixed part of all persons, by a hash of their key. */
export function shareCondition({ percent, salt }: ShareCondition): string {
  if (percent >= 100) return 'true';
  const bound = Math.floor((percent / 100) * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${md5Digits(`${quote(`${salt}\n`)} || person_key`, 8)} < ${quote(bound)}`;
}

/** Whether anything but bots' events is known of the person. */
export const isNoBot = (query: PersonQuery): string =>
  query.people.add(`bool_or(NOT ${query.column('is_bot')})`, 'is_no_bot');
