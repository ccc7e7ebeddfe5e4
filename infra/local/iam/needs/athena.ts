import type { Need } from '../need.ts';
import { arnOf } from './arn.ts';
import { parsedBody, textField } from './body.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

/** Queries whose workgroup is remembered: as many as the local Athena knows. */
const memory = 1000;

const need = (action: string, workGroup: string): Need => ({
  action: `athena:${action}`,
  resource: arnOf('athena', `workgroup/${workGroup}`),
});

/**
 * What Athena asks of who calls it. What it does in the caller's name with the catalog and the files stands in `query.ts`.
 * A query is known by its id alone: its workgroup is remembered from its start. One that Athena does not know needs nothing.
 */
export function athenaNeeds(): ServiceNeeds {
  const workGroups = new Map<string, string>();

  const onGroup =
    (action: string): NeedsOf =>
    ({ body }) => [need(action, textField(body, 'WorkGroup') ?? 'primary')];
  const onQuery =
    (action: string): NeedsOf =>
    ({ body }) => {
      const { QueryExecutionId: one, QueryExecutionIds: several = [] } = parsedBody(body);
      const groups = [one, several].flat().map((id) => workGroups.get(String(id)));
      return [...new Set(groups)].flatMap((group) => (group === undefined ? [] : [need(action, group)]));
    };

  return {
    operations: {
      StartQueryExecution: onGroup('StartQueryExecution'),
      ListQueryExecutions: onGroup('ListQueryExecutions'),
      GetWorkGroup: onGroup('GetWorkGroup'),
      ListWorkGroups: () => [{ action: 'athena:ListWorkGroups', resource: '*' }],
      GetQueryExecution: onQuery('GetQueryExecution'),
      BatchGetQueryExecution: onQuery('BatchGetQueryExecution'),
      GetQueryResults: onQuery('GetQueryResults'),
      StopQueryExecution: onQuery('StopQueryExecution'),
    },
    after: ({ operation, body }, answer) => {
      const id = operation === 'StartQueryExecution' ? textField(answer.body, 'QueryExecutionId') : undefined;
      if (id === undefined) return [];
      workGroups.set(id, textField(body, 'WorkGroup') ?? 'primary');
      const [oldest] = workGroups.keys();
      if (workGroups.size > memory && oldest !== undefined) workGroups.delete(oldest);
      return [];
    },
  };
}
