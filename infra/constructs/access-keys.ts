import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AccessKey } from '../../schemas/env.ts';
import type { TokenSettings } from '../../schemas/token-settings.ts';
import type { EventStream } from './event-stream.ts';
import type { Grant } from './grant.ts';
import { PrivateTable } from './private-table.ts';

export interface AccessKeysProps {
  /** Whether the keys outlive the stack. */
  readonly keepData: boolean;
  /** Takes what is written down of their use. */
  readonly stream: EventStream;
  /** @default no tokens are accepted beside API keys */
  readonly tokens?: TokenSettings | undefined;
  /** Names of the spaces that API keys may be limited to. */
  readonly spaces: readonly string[];
}

type Variables<N extends string> = Record<
  | N
  | (N extends 'API_KEYS' ? 'AUTH_JWT' | 'SPACES' : never)
  | 'KEYS_TABLE'
  | 'ALLOWANCES_TABLE'
  | 'STREAM_NAME'
  | 'METRICS_NAMESPACE',
  string
>;

/**
 * Owns the keys that `npm run keys` makes: a table of their hashes, which no function may write, and a table of what limited
 * keys have left of a second.
 *
 * May fail: while the tables are out of reach, requests with keys of the table get 503 and come again; those with keys of the
 * settings pass. While the issuer of tokens is out of reach, tokens by keys that are not known get 503. The alarm is the API's
 * `ServerErrors`. The alarm `AuditNotWritten` means that the audit log lacks what callers did.
 */
export class AccessKeys extends Construct {
  readonly table: PrivateTable;
  /** Entries of the audit log that the stream did not take, of all functions that check keys. */
  readonly notAudited: Metric;
  private readonly allowances: PrivateTable;
  private readonly stream: EventStream;
  private readonly tokens: TokenSettings | undefined;
  private readonly spaces: readonly string[];

  constructor(scope: Construct, id: string, { keepData, stream, tokens, spaces }: AccessKeysProps) {
    super(scope, id);
    this.stream = stream;
    this.tokens = tokens;
    this.spaces = spaces;

    this.table = new PrivateTable(this, 'Table', { partitionKey: 'pk', keepData });
    this.allowances = new PrivateTable(this, 'Allowances', { partitionKey: 'pk', keepData: false });
    this.notAudited = new Metric({
      namespace: Stack.of(this).stackName,
      metricName: 'AuditNotWritten',
      statistic: 'Sum',
    });
  }

  /**
   * To recognise callers by the hash of their key, those of the settings as the variable `name`, the others by asking, or by
   * a token where API keys are taken; and to write down that they came, or that they were refused.
   */
  grantCheck<const N extends string>(name: N, keys: readonly AccessKey[]): Grant<Variables<N>> {
    const { environment, statements } = this.stream.grantPut();
    const takesTokens = name === 'API_KEYS';
    return {
      environment: {
        ...environment,
        [name]: JSON.stringify(keys),
        ...(takesTokens && { AUTH_JWT: JSON.stringify(this.tokens ?? null), SPACES: JSON.stringify(this.spaces) }),
        KEYS_TABLE: this.table.tableName,
        ALLOWANCES_TABLE: this.allowances.tableName,
        METRICS_NAMESPACE: Stack.of(this).stackName,
      } as Variables<N>,
      statements: [this.table.allow('GetItem'), this.allowances.allow('GetItem', 'PutItem'), ...statements],
      ...(takesTokens && this.tokens && { lateModules: ['middleware/tokens'] }),
    };
  }
}
