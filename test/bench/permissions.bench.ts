import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noParts } from '../../infra/local/deploy/local-parts.ts';
import { startGateway } from '../../infra/local/gateway/gateway.ts';
import type { Station } from '../../infra/local/gateway/stations.ts';
import type { Gateway } from '../../infra/local/gateway/types.ts';
import { createPermissions } from '../../infra/local/iam/permissions.ts';
import { createDynamoDbService } from '../../infra/local/services/dynamodb.ts';
import { type Benchmark, median } from './figure.ts';

const ROUNDS = 9;
const CALLS = 500;
const CHECKS = 20_000;
const roleArn = 'arn:aws:iam::000000000000:role/r';
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/profiles';

/** The permissions of a function that may read and write one table, beside as much else as ours may. */
function aStation(): Station {
  const others = Array.from({ length: 12 }, (_, n) => ({
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: [`arn:aws:s3:::lake/table-${n}/*`],
  }));
  const own = { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: table };
  const PolicyDocument = { Version: '2012-10-17', Statement: [...others, own] };
  const role = { Policies: [{ PolicyName: 'p', PolicyDocument }] };
  const permissions = createPermissions();
  const spec = { logicalId: 'Reader', functionName: 'reader', arn: 'a', roleArn, codeFolder: '', handler: '' };
  permissions.enforce({
    parts: { ...noParts(), functions: [{ ...spec, memoryMb: 128, timeoutSeconds: 3, environment: {} }] },
    resources: new Map([
      ['Role', { logicalId: 'Role', type: 'AWS::IAM::Role', properties: role, ref: 'r', attributes: { Arn: roleArn } }],
    ]),
  });
  return permissions.station;
}

/** What it costs to check each call of a function, against the cheapest whole call: a read of a small item over HTTP. */
export const permissions: Benchmark = {
  name: 'permissions',
  async run(progress) {
    const dataDir = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
    const service = await createDynamoDbService({ dataDir });
    const gateway = await startGateway({ services: [service] });
    try {
      await makeTable(gateway);
      const station = aStation();
      const calls: number[] = [];
      const checks: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        progress(`round ${round + 1} of ${ROUNDS}`);
        calls.push(await costOf(CALLS, () => read(gateway)));
        checks.push((await costOf(CHECKS, () => station(aCall, done))) - (await costOf(CHECKS, () => done())));
      }
      const [call, check] = [median(calls), median(checks)];
      return [
        { what: 'permissions: calls without a check', value: 1e6 / call, unit: '/s of processor' },
        { what: 'permissions: calls with one', value: 1e6 / (call + check), unit: '/s of processor' },
        {
          what: 'permissions: what the check adds to a call',
          value: (check / call) * 100,
          unit: '%',
          bound: { kind: 'at most', value: 5 },
          peer: { what: 'µs a check', value: check },
        },
      ];
    } finally {
      await gateway.close();
      await service.close();
      rmSync(dataDir, { recursive: true });
    }
  },
};

async function makeTable(gateway: Gateway): Promise<void> {
  await gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: 'profiles',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const Item = { id: { S: 'user:1' }, state: { B: Buffer.alloc(1_500).toString('base64') } };
  const put = () =>
    gateway.invoke('tool', 'dynamodb', 'PutItem', { TableName: 'profiles', Item }).catch(() => undefined);
  while (!(await put())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const headers = {
  authorization: 'AWS4-HMAC-SHA256 Credential=HWReader/20260101/us-east-1/dynamodb/aws4_request',
  'x-amz-target': 'DynamoDB_20120810.GetItem',
};
const body = JSON.stringify({ TableName: 'profiles', Key: { id: { S: 'user:1' } } });
const [service, operation, caller] = ['dynamodb', 'GetItem', 'Reader'];
const aCall = { service, operation, caller, method: 'POST', url: '/', headers, body: Buffer.from(body) };
const answer = { status: 200, headers: {}, body: Buffer.alloc(0) };
const done = async () => answer;

async function read({ url }: Gateway): Promise<void> {
  const answered = await fetch(url, { method: 'POST', headers, body });
  if (!answered.ok) throw new Error(await answered.text());
  await answered.arrayBuffer();
}

/** Microseconds of the processor that a piece of work takes: its time, because other programs may run beside it. */
async function costOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
