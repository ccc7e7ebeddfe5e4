import * as athena from './athena/queries.ts';
import type { Case } from './case.ts';
import * as batches from './dynamodb/batches.ts';
import * as conditions from './dynamodb/conditions.ts';
import * as pages from './dynamodb/pages.ts';
import * as transactions from './dynamodb/transactions.ts';
import * as values from './dynamodb/values.ts';
import * as puts from './kinesis/puts.ts';
import * as reads from './kinesis/reads.ts';
import * as shards from './kinesis/shards.ts';
import * as lambda from './lambda/invocations.ts';
import * as links from './s3/links.ts';
import * as objects from './s3/objects.ts';
import * as versions from './s3/versions.ts';
import * as fifo from './sqs/fifo.ts';
import * as messages from './sqs/messages.ts';

/** Every rule that is checked, by service. */
export const allCases: readonly Case[] = [
  ...[conditions, values, batches, pages, transactions],
  ...[puts, reads, shards],
  ...[objects, versions, links],
  ...[fifo, messages],
  ...[athena, lambda],
].flatMap((group) => Object.values<readonly Case[]>({ ...group }).flat());
