import { arnOf, namedOrArn } from './arn.ts';
import type { NeedsOf, ServiceNeeds } from './needs-of.ts';

const functionPath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?(.*))?$/;
const mappingPath = /^\/2015-03-31\/event-source-mappings\/([^/?]+)/;

/** A function by its name, its ARN or a part of that, and the version asked for. */
const onFunction: NeedsOf = ({ url }) => {
  const [, given = '', query = ''] = functionPath.exec(url) ?? [];
  const name = decodeURIComponent(given).replace(/^(?:\d{12}:)?function:/, '');
  const qualifier = new URLSearchParams(query).get('Qualifier');
  const resource = namedOrArn(name, 'lambda', 'function:') + (qualifier === null ? '' : `:${qualifier}`);
  return [{ action: 'lambda:InvokeFunction', resource }];
};

const onMapping =
  (action: string): NeedsOf =>
  ({ url }) => {
    const uuid = decodeURIComponent(mappingPath.exec(url)?.[1] ?? '');
    return [{ action: `lambda:${action}`, resource: arnOf('lambda', `event-source-mapping:${uuid}`) }];
  };

export const lambdaNeeds: ServiceNeeds = {
  operations: {
    Invoke: onFunction,
    GetEventSourceMapping: onMapping('GetEventSourceMapping'),
    UpdateEventSourceMapping: onMapping('UpdateEventSourceMapping'),
  },
};
