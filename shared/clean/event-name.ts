import { ecommerceAliases, ecommerceEventNames } from '../../schemas/event/ecommerce-names.ts';
import { memoized } from './memo.ts';

const key = (name: string): string => name.toLowerCase().replace(/[\s_.-]+/g, '');

const canonicalByKey: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ecommerceAliases).map(([alias, name]): [string, string] => [key(alias), name]),
  ...ecommerceEventNames.map((name): [string, string] => [key(name), name]),
]);

const canonicalNames: ReadonlySet<string> = new Set(ecommerceEventNames);

/** '' stands for a name that is not documented. */
const lookUp = memoized((name) => canonicalByKey.get(key(name)) ?? '', 1000);

/**
 * The canonical name of an e-commerce event, by its name or an old alias in any case and with any separators
 * (`order_completed`, `Completed Order`); undefined for any other event.
 */
export function canonicalEventName(name: string): string | undefined {
  if (canonicalNames.has(name)) return name;
  const found = lookUp(name);
  return found === '' ? undefined : found;
}
