import type { Need } from '../need.ts';
import { namedOrArn } from './arn.ts';
import { parsedBody, textField } from './body.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

const tableArn = (name: string) => namedOrArn(name, 'dynamodb', 'table/');
const need = (action: string, resource: string): Need => ({ action: `dynamodb:${action}`, resource });

const onTable =
  (action: string): NeedsOf =>
  ({ body }) => {
    const name = textField(body, 'TableName');
    return name === undefined ? [] : [need(action, tableArn(name))];
  };

/** A query or scan of an index asks for the index alone. */
const onTableOrIndex =
  (action: string): NeedsOf =>
  ({ body }) => {
    const name = textField(body, 'TableName');
    const index = textField(body, 'IndexName');
    if (name === undefined) return [];
    return [need(action, index === undefined ? tableArn(name) : `${tableArn(name)}/index/${index}`)];
  };

const onEachTable =
  (action: string): NeedsOf =>
  ({ body }) =>
    Object.keys((parsedBody(body).RequestItems as object | undefined) ?? {}).map((name) =>
      need(action, tableArn(name)),
    );

const onTagged =
  (action: string): NeedsOf =>
  ({ body }) => {
    const arn = textField(body, 'ResourceArn');
    return arn === undefined ? [] : [need(action, arn)];
  };

const ofTransaction: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** Each part of a transaction asks for what it would ask for alone. */
const onTransaction: NeedsOf = ({ body }) => {
  const { TransactItems: items } = parsedBody(body);
  const parts = Array.isArray(items) ? items.flatMap((item) => Object.entries<unknown>(item ?? {})) : [];
  return parts.flatMap(([kind, part]) => {
    const action = ofTransaction[kind];
    const name = (part as { readonly TableName?: unknown } | null)?.TableName;
    return action === undefined || typeof name !== 'string' ? [] : [need(action, tableArn(name))];
  });
};

const same = (names: readonly string[], make: (action: string) => NeedsOf) =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

export const dynamodbNeeds: ServiceNeeds = {
  operations: {
    ...same(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'], onTable),
    ...same(['CreateTable', 'DeleteTable', 'DescribeTable', 'DescribeTimeToLive', 'UpdateTable'], onTable),
    ...same(['DescribeContinuousBackups', 'UpdateContinuousBackups'], onTable),
    RestoreTableToPointInTime: ({ body }) =>
      ['SourceTableName', 'TargetTableName'].flatMap((field) => {
        const name = textField(body, field);
        return name === undefined ? [] : [need('RestoreTableToPointInTime', tableArn(name))];
      }),
    ...same(['Query', 'Scan'], onTableOrIndex),
    ...same(['BatchGetItem', 'BatchWriteItem'], onEachTable),
    ...same(['ListTagsOfResource', 'TagResource', 'UntagResource'], onTagged),
    TransactGetItems: onTransaction,
    TransactWriteItems: onTransaction,
    ListTables: () => [need('ListTables', '*')],
  },
};
