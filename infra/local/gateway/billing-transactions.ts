import { transactReadUnits, transactWriteUnits } from './billing-dynamodb-units.ts';
import { type Item, itemSize } from './billing-item-size.ts';
import { type Ask, keyOf, sizeNow } from './billing-stored-items.ts';
import type { Charge } from './billing-units.ts';
import type { AwsAnswer, AwsCall } from './types.ts';

interface Action {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
}
interface Input {
  readonly TransactItems: readonly Readonly<Record<string, Action>>[];
  readonly ClientRequestToken?: string;
}

/** Why a transaction is cancelled whose items were looked at; one with a wrong key is not begun. */
const prepared = /"Code":"(ConditionalCheckFailed|TransactionConflict)"/;
/** So long DynamoDB knows a transaction by its token. */
const KNOWN_MS = 600_000;
/** When the transactions that were done were done, by their tokens. */
const doneAt = new WeakMap<Ask, Map<string, number>>();

/**
 * Makes a transaction and says what DynamoDB charges for it, for each item by itself. One that is cancelled was prepared, and
 * is charged as one that was done; one that was done before is charged as a read.
 */
export async function meterTransaction(
  call: AwsCall,
  proceed: () => Promise<AwsAnswer>,
  ask: Ask,
): Promise<[AwsAnswer, Charge[]]> {
  const { actions, token } = partsOf(call);
  const before = await Promise.all(actions.map((part) => sizeOf(part, ask)));
  const answer = await proceed();
  const isCancelled = answer.status === 400 && prepared.test(answer.body.toString());
  if (answer.status >= 300 && !isCancelled) return [answer, []];
  const isRead = call.operation === 'TransactGetItems' || (token !== undefined && isRepeated(token, isCancelled, ask));
  const charges = actions.map(async (part, at): Promise<Charge> => {
    const [kind, { TableName: resource, Item = {} }] = part;
    const was = before[at] ?? 0;
    if (isRead) return { resource, unit: 'dynamodbReadUnits', quantity: transactReadUnits(was) };
    const is = kind === 'Put' ? itemSize(Item) : kind === 'Update' ? await sizeOf(part, ask) : 0;
    return { resource, unit: 'dynamodbWriteUnits', quantity: transactWriteUnits(was, is) };
  });
  return [answer, await Promise.all(charges)];
}

type Part = readonly [kind: string, action: Action];

function partsOf({ body }: AwsCall): { readonly actions: readonly Part[]; readonly token: string | undefined } {
  const { TransactItems, ClientRequestToken: token } = JSON.parse(body.toString() || '{}') as Partial<Input>;
  // What is no transaction is refused, and costs nothing.
  const actions = Array.isArray(TransactItems) ? (TransactItems as Input['TransactItems']) : [];
  return {
    actions: actions.flatMap((item) => Object.entries(item ?? {})).filter(([, action]) => action?.TableName),
    token,
  };
}

async function sizeOf([, { TableName, Key, Item = {} }]: Part, ask: Ask): Promise<number> {
  return sizeNow(TableName, Key ?? (await keyOf(TableName, Item, ask)), ask);
}

function isRepeated(token: string, isCancelled: boolean, ask: Ask): boolean {
  const done = doneAt.get(ask) ?? new Map<string, number>();
  doneAt.set(ask, done);
  const now = Date.now();
  for (const [other, at] of done) if (at + KNOWN_MS <= now) done.delete(other);
  if (isCancelled || done.has(token)) return !isCancelled;
  done.set(token, now);
  return false;
}
