import type { Json, Message, Truth } from './message.ts';
import type { Random } from './random.ts';

/** A body while it is being soiled; its truth changes only where the dirt changes what the event says. */
interface Draft {
  body: Json;
  /** `properties` or, for identify, `traits`. */
  fields: Json;
  truth: Truth;
}

interface Dirt {
  readonly name: string;
  /** Share of the events it applies to. */
  readonly share: number;
  readonly appliesTo: (draft: Draft) => boolean;
  readonly soil: (draft: Draft, random: Random) => void;
}

const oldNames: Readonly<Record<string, string>> = {
  'Product List Viewed': 'Viewed Product Category',
  'Product Viewed': 'Viewed Product',
  'Product Added': 'Added Product',
  'Product Removed': 'Removed Product',
  'Order Completed': 'Completed Order',
};
const amounts = ['price', 'value', 'subtotal', 'discount', 'revenue', 'shipping', 'tax', 'total'];

/** The untidiness of real trackers. Applied in this order. */
const kinds: readonly Dirt[] = [
  { name: 'wholesale_order', share: 0.06, appliesTo: isSmallOrder, soil: orderSixty },
  { name: 'quantity_outlier', share: 0.01, appliesTo: named('Product Added'), soil: set({ quantity: 50_000 }) },
  {
    name: 'price_outlier',
    share: 0.002,
    appliesTo: named('Product Viewed'),
    soil: set({ price: 250_000, value: 250_000 }),
  },
  { name: 'revenue_alone', share: 0.05, appliesTo: isOrder, soil: keepRevenueAlone },
  { name: 'old_event_name', share: 0.04, appliesTo: ({ truth }) => truth.name in oldNames, soil: rename },
  { name: 'order_currency_missing', share: 0.03, appliesTo: isOrder, soil: dropCurrency },
  { name: 'currency_missing', share: 0.02, appliesTo: hasText('currency'), soil: dropCurrency },
  { name: 'currency_untidy', share: 0.04, appliesTo: hasText('currency'), soil: loosen('currency', 'lower') },
  { name: 'category_padded', share: 0.015, appliesTo: hasText('category'), soil: loosen('category', 'keep') },
  { name: 'email_untidy', share: 0.08, appliesTo: hasText('email'), soil: loosen('email', 'upper') },
  { name: 'price_as_text', share: 0.03, appliesTo: hasAmount, soil: eachAmount((value) => value.toFixed(2)) },
  {
    name: 'float_noise',
    share: 0.04,
    appliesTo: hasAmount,
    soil: eachAmount((value) => value * (1 + 3 * Number.EPSILON)),
  },
];

/** Soils a share of the messages; gives them all back, with the number of events soiled by each kind of dirt. */
export function soil(
  messages: readonly Message[],
  random: Random,
): { messages: Message[]; dirt: Record<string, number> } {
  const dirt: Record<string, number> = Object.fromEntries(kinds.map((kind) => [kind.name, 0]));
  const due = everySoOften(random);
  const soiled = messages.map((message) => {
    if (message.fate.kind !== 'accepted') return message;
    const drafted = draft(message.body as Json, message.fate.truth);
    const chosen = kinds.filter((kind) => kind.appliesTo(drafted) && due(kind));
    if (chosen.length === 0) return message;
    const open = { ...drafted, fields: structuredClone(drafted.fields) };
    for (const kind of chosen) {
      kind.soil(open, random);
      dirt[kind.name] = (dirt[kind.name] ?? 0) + 1;
    }
    const body = { ...open.body, [fieldsName(open.truth)]: open.fields };
    return { ...message, body, fate: { kind: 'accepted' as const, truth: open.truth } };
  });
  return { messages: soiled, dirt };
}

/** Spreads each kind evenly, from a start by chance, so that none is missing from a store of some size. */
function everySoOften(random: Random): (kind: Dirt) => boolean {
  const owed = new Map(kinds.map((kind) => [kind, random.next()]));
  return (kind) => {
    const debt = (owed.get(kind) ?? 0) + kind.share;
    owed.set(kind, debt % 1);
    return debt >= 1;
  };
}

const fieldsName = (truth: Truth) => (truth.type === 'identify' ? 'traits' : 'properties');

const draft = (body: Json, truth: Truth): Draft => ({ body, truth, fields: (body[fieldsName(truth)] ?? {}) as Json });

function isOrder({ truth }: Draft): boolean {
  return truth.name === 'Order Completed';
}

function isSmallOrder(draft: Draft): boolean {
  const [first] = (draft.fields.products ?? []) as { price: number }[];
  return isOrder(draft) && first !== undefined && first.price < 40;
}

function named(name: string) {
  return ({ truth }: Draft) => truth.name === name;
}

function hasText(key: string) {
  return ({ fields }: Draft) => typeof fields[key] === 'string';
}

function hasAmount({ fields }: Draft): boolean {
  return amounts.some((key) => typeof fields[key] === 'number');
}

function set(values: Json) {
  return ({ fields }: Draft) => void Object.assign(fields, values);
}

/** A club orders sixty of the first product by phone: total, units and the ledger say so. */
function orderSixty(draft: Draft): void {
  const [first] = draft.fields.products as { price: number; quantity: number; product_id: string }[];
  const order = draft.truth.order;
  if (first === undefined || order === undefined) return;
  const total = Math.round(first.price * 100) * 60;
  Object.assign(draft.fields, { products: [{ ...first, quantity: 60 }], discount: 0, shipping: 0, tax: 0 });
  Object.assign(draft.fields, { subtotal: total / 100, revenue: total / 100, total: total / 100 });
  const units = [{ productId: first.product_id, quantity: 60 }];
  draft.truth = { ...draft.truth, order: { ...order, amount: total * 100, units } };
}

/** An old tracker names no amount but `revenue`: that is then all that is known of what was paid. */
function keepRevenueAlone(draft: Draft): void {
  const order = draft.truth.order;
  if (order === undefined) return;
  Object.assign(draft.fields, { total: undefined, subtotal: undefined, discount: undefined });
  Object.assign(draft.fields, { shipping: undefined, tax: undefined });
  draft.truth = { ...draft.truth, order: { ...order, amount: Math.round(Number(draft.fields.revenue) * 100) * 100 } };
}

function rename(draft: Draft): void {
  draft.body = { ...draft.body, event: oldNames[draft.truth.name] };
}

function dropCurrency(draft: Draft): void {
  draft.fields.currency = undefined;
  const order = draft.truth.order;
  if (order !== undefined) draft.truth = { ...draft.truth, order: { ...order, currency: 'none' } };
}

function loosen(key: string, letters: 'lower' | 'upper' | 'keep') {
  return ({ fields }: Draft, random: Random) => {
    const text = fields[key];
    if (typeof text !== 'string') return;
    const cased = letters === 'lower' ? text.toLowerCase() : letters === 'upper' ? text.toUpperCase() : text;
    fields[key] = random.chance(0.5) || letters === 'keep' ? ` ${cased} ` : cased;
  };
}

/** Changes every amount of the event and of its products. */
function eachAmount(change: (value: number) => unknown) {
  return ({ fields }: Draft) => {
    const products = Array.isArray(fields.products) ? (fields.products as Json[]) : [];
    for (const holder of [fields, ...products]) {
      for (const key of amounts) if (typeof holder[key] === 'number') holder[key] = change(holder[key]);
    }
  };
}
