import { apiScopes, writeScopes } from '../../schemas/access-key.ts';
import type { AccessKey } from '../../schemas/env.ts';
import type { TokenSettings } from '../../schemas/token-settings.ts';
import { takeAllowanceFrom } from '../adapters/allowance-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { readKeyFrom } from '../adapters/key-store.ts';
import { accessKeys, type FindKey, remembering } from './access-keys.ts';
import { createKeyCheck, type KeyCheck, type KeyCheckProps } from './key-check.ts';
import { KeyUses } from './key-uses.ts';
import { type AuditVariables, auditTrail } from './stage-audit.ts';
import { tokenKeys } from './token-keys.ts';

/** Where the keys of a stage are, by the environment of a function. */
export interface KeyTables extends AuditVariables {
  readonly KEYS_TABLE: string;
  readonly ALLOWANCES_TABLE: string;
}

/** Shorter than of other calls: each request waits for it, and SDKs wait 10 seconds in all. */
const options = { attempts: 3, pauseMs: 50, timeoutMs: 1_000 };

/** A write key is public, so that a busy one may be remembered as it is. */
export const writeKeyCheck = ({ WRITE_KEYS, ...tables }: KeyTables & { WRITE_KEYS: readonly AccessKey[] }): KeyCheck =>
  checkOf(remembering(accessKeys(WRITE_KEYS, writeScopes)), tables, []);

/** Of a stage that accepts tokens, what verifies them is loaded when the first one comes. */
export const apiKeyCheck = ({
  API_KEYS,
  AUTH_JWT: settings,
  SPACES,
  ...tables
}: KeyTables & {
  API_KEYS: readonly AccessKey[];
  AUTH_JWT: TokenSettings | null;
  SPACES: readonly string[];
}): KeyCheck =>
  checkOf(
    accessKeys(API_KEYS, apiScopes),
    tables,
    SPACES,
    settings
      ? tokenKeys(async () => {
          const { createTokens } = await import(new URL('./tokens.mjs', import.meta.url).href);
          return createTokens({ settings, clock: Date.now });
        })
      : undefined,
  );

function checkOf(
  find: FindKey,
  { KEYS_TABLE, ALLOWANCES_TABLE, ...audit }: KeyTables,
  spaces: readonly string[],
  tokens?: KeyCheckProps['tokens'],
): KeyCheck {
  const dynamoDb = createDynamoDb(options);
  const read = readKeyFrom(dynamoDb, KEYS_TABLE);
  const take = takeAllowanceFrom(dynamoDb, ALLOWANCES_TABLE);
  const uses = new KeyUses(auditTrail(audit), process.env.AWS_LAMBDA_FUNCTION_NAME ?? '');
  return createKeyCheck({ find, ...(tokens && { tokens }), read, take, spaces, uses, clock: Date.now });
}
