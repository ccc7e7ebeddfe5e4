import { apiScopes, writeScopes } from '../../schemas/access-key.ts';
import type { AccessKey } from '../../schemas/env.ts';
import { takeAllowanceFrom } from '../adapters/allowance-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { readKeyFrom } from '../adapters/key-store.ts';
import { accessKeys, remembering } from './access-keys.ts';
import { createKeyCheck, type KeyCheck } from './key-check.ts';
import { KeyUses } from './key-uses.ts';
import { auditTrail } from './stage-audit.ts';

/** Where the keys of a stage are, by the environment of a function. */
export interface KeyTables {
  readonly KEYS_TABLE: string;
  readonly ALLOWANCES_TABLE: string;
  /** Where the use of keys is written down. */
  readonly STREAM_NAME: string;
}

/** Shorter than of other calls: each request waits for it, and SDKs wait 10 seconds in all. */
const options = { attempts: 3, pauseMs: 50, timeoutMs: 1_000 };

/** A write key is public, so that a busy one may be remembered as it is. */
export const writeKeyCheck = ({ WRITE_KEYS, ...tables }: KeyTables & { WRITE_KEYS: readonly AccessKey[] }): KeyCheck =>
  checkOf(remembering(accessKeys(WRITE_KEYS, writeScopes)), tables);

export const apiKeyCheck = ({ API_KEYS, ...tables }: KeyTables & { API_KEYS: readonly AccessKey[] }): KeyCheck =>
  checkOf(accessKeys(API_KEYS, apiScopes), tables);

function checkOf(
  find: ReturnType<typeof accessKeys>,
  { KEYS_TABLE, ALLOWANCES_TABLE, STREAM_NAME }: KeyTables,
): KeyCheck {
  const dynamoDb = createDynamoDb(options);
  const read = readKeyFrom(dynamoDb, KEYS_TABLE);
  const take = takeAllowanceFrom(dynamoDb, ALLOWANCES_TABLE);
  const uses = new KeyUses(auditTrail({ STREAM_NAME }), process.env.AWS_LAMBDA_FUNCTION_NAME ?? '');
  return createKeyCheck({ find, read, take, uses, clock: Date.now });
}
