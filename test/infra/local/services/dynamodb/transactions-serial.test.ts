import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDynamoDbService } from '../../../../../infra/local/services/dynamodb.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';

/** Whatever runs at once, transactions and plain writes, comes out as if it had run one after another. */
let aws: LocalAws;
const TableName = 'numbers';
const call = <Output>(operation: string, input: object) =>
  aws.gateway.invoke<Output>('tool', 'dynamodb', operation, input);

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
  const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
  await call('CreateTable', { TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' });
  await vi.waitFor(async () => {
    expect(await call('DescribeTable', { TableName })).toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
  });
});
afterAll(() => aws[Symbol.asyncDispose]());

const ITEMS = 3;
/** The number that each item holds. */
type State = readonly (number | undefined)[];

interface Action {
  readonly item: number;
  readonly what: 'put' | 'add' | 'delete' | 'check';
  readonly value: number;
  readonly when: 'always' | 'absent' | 'present' | 'equal';
}
interface Step {
  readonly isRead: boolean;
  readonly actions: readonly Action[];
  /** Turns of the event loop before it is sent. */
  readonly after: number;
}
type Outcome = 'done' | 'refused' | State;

const action: fc.Arbitrary<Action> = fc
  .record({
    item: fc.nat(ITEMS - 1),
    what: fc.constantFrom('put', 'add', 'add', 'delete', 'check'),
    value: fc.integer({ min: 1, max: 2 }),
    when: fc.constantFrom('always', 'always', 'absent', 'present', 'equal'),
  })
  .map((each) => (each.what === 'check' && each.when === 'always' ? { ...each, when: 'present' as const } : each));
const step: fc.Arbitrary<Step> = fc.record({
  isRead: fc.nat(3).map((n) => n === 0),
  actions: fc.uniqueArray(action, { selector: ({ item }) => item, minLength: 1, maxLength: ITEMS }),
  after: fc.nat(2),
});

const numbers: fc.Arbitrary<State> = fc.array(fc.constantFrom(undefined, 1, 2), {
  minLength: ITEMS,
  maxLength: ITEMS,
});

const idOf = (run: number, item: number) => ({ id: { S: `${run}/${item}` } });

function conditionOf({ when, value }: Action): object {
  if (when === 'always') return {};
  const texts = { absent: 'attribute_not_exists(id)', present: 'attribute_exists(id)', equal: 'n = :n' };
  return {
    ConditionExpression: texts[when],
    ...(when === 'equal' && { ExpressionAttributeValues: { ':n': { N: `${value}` } } }),
  };
}

function requestOf(run: number, each: Action): { readonly name: string; readonly input: object } {
  const Key = idOf(run, each.item);
  const condition = conditionOf(each);
  const n = { N: `${each.value}` };
  if (each.what === 'put') return { name: 'Put', input: { TableName, Item: { ...Key, n }, ...condition } };
  if (each.what === 'delete') return { name: 'Delete', input: { TableName, Key, ...condition } };
  if (each.what === 'check') return { name: 'ConditionCheck', input: { TableName, Key, ...condition } };
  const ExpressionAttributeValues = { ':n': n };
  return {
    name: 'Update',
    input: { TableName, Key, ...condition, UpdateExpression: 'ADD n :n', ExpressionAttributeValues },
  };
}

async function send(run: number, { isRead, actions, after }: Step): Promise<Outcome> {
  for (let turn = 0; turn < after; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  if (isRead) return readAll(run);
  const requests = actions.map((each) => requestOf(run, each));
  const [alone] = requests;
  const isPlain = requests.length === 1 && alone?.name !== 'ConditionCheck';
  const sent = isPlain
    ? call(`${alone?.name}Item`, alone?.input ?? {})
    : call('TransactWriteItems', { TransactItems: requests.map(({ name, input }) => ({ [name]: input })) });
  return sent.then(
    () => 'done' as const,
    ({ name, message }: Error) => {
      if (/^(ConditionalCheckFailed|TransactionCanceled)Exception$/.test(name)) return 'refused' as const;
      throw new Error(`${name}: ${message}`);
    },
  );
}

async function readAll(run: number): Promise<State> {
  const TransactItems = Array.from({ length: ITEMS }, (_, item) => ({ Get: { TableName, Key: idOf(run, item) } }));
  const { Responses } = await call<{ Responses: { Item?: { n: { N: string } } }[] }>('TransactGetItems', {
    TransactItems,
  });
  return Responses.map(({ Item }) => (Item === undefined ? undefined : Number(Item.n.N)));
}

/** What a step does to a state, done alone. */
function model(state: State, { isRead, actions }: Step): readonly [Outcome, State] {
  if (isRead) return [state, state];
  const holds = ({ item, when, value }: Action) =>
    when === 'always' ||
    (when === 'absent' && state[item] === undefined) ||
    (when === 'present' && state[item] !== undefined) ||
    (when === 'equal' && state[item] === value);
  if (!actions.every(holds)) return ['refused', state];
  const after = [...state];
  for (const { item, what, value } of actions) {
    if (what === 'put') after[item] = value;
    if (what === 'delete') after[item] = undefined;
    if (what === 'add') after[item] = (after[item] ?? 0) + value;
  }
  return ['done', after];
}

/** Whether the steps, in some order, have these outcomes and lead to this end. */
function isSerial(state: State, steps: readonly (readonly [Step, Outcome])[], end: State): boolean {
  if (steps.length === 0) return `${state}` === `${end}`;
  return steps.some(([each, outcome], at) => {
    const [said, after] = model(state, each);
    return `${said}` === `${outcome}` && isSerial(after, steps.toSpliced(at, 1), end);
  });
}

test('transactions and plain writes at once come out as in some order one after another', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(numbers, fc.array(step, { minLength: 2, maxLength: 7 }), async (before, steps) => {
      run += 1;
      const own = run;
      for (const [item, value] of before.entries()) {
        if (value !== undefined)
          await call('PutItem', { TableName, Item: { ...idOf(own, item), n: { N: `${value}` } } });
      }
      const outcomes = await Promise.all(steps.map((each) => send(own, each)));
      const pairs = steps.map((each, at) => [each, outcomes[at] ?? 'refused'] as const);
      expect(isSerial(before, pairs, await readAll(own))).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('transfers between many accounts lose and make nothing', async () => {
  const Key = (account: number) => ({ id: { S: `account ${account}` } });
  const balances = async () => {
    const TransactItems = [0, 1, 2, 3].map((account) => ({ Get: { TableName, Key: Key(account) } }));
    const { Responses } = await call<{ Responses: { Item: { n: { N: string } } }[] }>('TransactGetItems', {
      TransactItems,
    });
    return Responses.map(({ Item }) => Number(Item.n.N));
  };
  for (let account = 0; account < 4; account += 1) {
    await call('PutItem', { TableName, Item: { ...Key(account), n: { N: '5' } } });
  }
  const add = (account: number, by: number, ConditionExpression?: string) => ({
    Update: {
      TableName,
      Key: Key(account),
      UpdateExpression: 'SET n = n + :by',
      ExpressionAttributeValues: { ':by': { N: `${by}` }, ...(ConditionExpression && { ':least': { N: `${-by}` } }) },
      ...(ConditionExpression && { ConditionExpression }),
    },
  });
  const transfer = (from: number, to: number, sum: number) =>
    call('TransactWriteItems', { TransactItems: [add(from, -sum, 'n >= :least'), add(to, sum)] }).catch(() => {});
  const all = Array.from({ length: 120 }, (_, n) => transfer(n % 4, (n + 1 + (n % 3)) % 4, 1 + (n % 3)));
  for (let time = 0; time < 10; time += 1) {
    const seen = await balances();
    expect(seen.reduce((sum, each) => sum + each)).toBe(20);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  }
  await Promise.all(all);
  expect((await balances()).reduce((sum, each) => sum + each)).toBe(20);
});
