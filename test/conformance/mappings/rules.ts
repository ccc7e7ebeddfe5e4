import type { MappingSpec } from '../../../infra/local/deploy/local-parts.ts';
import type { Outcome } from '../../../infra/local/lambda/outcome.ts';

/** A rule of event source mappings on Kinesis: what is on the stream, what the function says, and what comes of it. */
export interface MappingRule {
  readonly rule: string;
  /** After `https://docs.aws.amazon.com/lambda/latest/dg/`. */
  readonly source: string;
  /** Texts of the records, all of one shard, in order. */
  readonly records: readonly string[];
  readonly mapping: Partial<MappingSpec>;
  /** What the function answers to a batch of texts, by the number of the invocation. */
  answer(batch: readonly string[], invocation: number, idOf: (text: string) => string): Outcome;
  /** The batches that the function gets, in order. */
  readonly invocations: readonly (readonly string[])[];
  /** What the failure destination gets: texts of each batch, and why. */
  readonly setAside?: readonly (readonly [texts: readonly string[], condition: string])[];
}

const ok: Outcome = { ok: true, payload: { batchItemFailures: [] } };
const fail: Outcome = { ok: false, error: { errorType: 'Error', errorMessage: 'no' } } as Outcome;
const failedAt = (...ids: string[]): Outcome => ({
  ok: true,
  payload: { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) },
});

const streams = 'with-kinesis.html';
const batching = 'invocation-eventsourcemapping.html';
const errors = 'kinesis-on-failure-destination.html';
const reporting = 'services-kinesis-batchfailurereporting.html';
const failureBucket = 'failed-batches';
const exhausted = 'RetryAttemptsExhausted';

export const mappingRules: readonly MappingRule[] = [
  {
    rule: 'a batch has the batch size at most, and keeps the order of the shard',
    source: batching,
    records: ['1', '2', '3', '4', '5'],
    mapping: { batchSize: 2 },
    answer: () => ok,
    invocations: [['1', '2'], ['3', '4'], ['5']],
  },
  {
    rule: 'the next batch of a shard waits until the one before it is done with',
    source: streams,
    records: ['1', '2', '3'],
    mapping: { batchSize: 1, maximumRetries: 1 },
    answer: ([text], invocation) => (text === '1' && invocation === 0 ? fail : ok),
    invocations: [['1'], ['1'], ['2'], ['3']],
  },
  {
    rule: 'of several reported failures the lowest is where the retry begins, records after it that succeeded come again',
    source: reporting,
    records: ['1', '2', '3', '4', '5'],
    mapping: {},
    answer: (_, invocation, idOf) => (invocation === 0 ? failedAt(idOf('4'), idOf('2')) : ok),
    invocations: [
      ['1', '2', '3', '4', '5'],
      ['2', '3', '4', '5'],
    ],
  },
  {
    rule: 'an empty list of failures is success',
    source: reporting,
    records: ['1', '2'],
    mapping: {},
    answer: () => ok,
    invocations: [['1', '2']],
  },
  {
    rule: 'an answer of null is success',
    source: reporting,
    records: ['1', '2'],
    mapping: {},
    answer: () => ({ ok: true, payload: null }),
    invocations: [['1', '2']],
  },
  {
    rule: 'an empty id fails the whole batch',
    source: reporting,
    records: ['1', '2'],
    mapping: {},
    answer: (_, invocation) => (invocation === 0 ? failedAt('') : ok),
    invocations: [
      ['1', '2'],
      ['1', '2'],
    ],
  },
  {
    rule: 'an id that is not of the batch fails the whole batch',
    source: reporting,
    records: ['1', '2'],
    mapping: {},
    answer: (_, invocation) => (invocation === 0 ? failedAt('42') : ok),
    invocations: [
      ['1', '2'],
      ['1', '2'],
    ],
  },
  {
    rule: 'without ReportBatchItemFailures reported failures count for nothing',
    source: reporting,
    records: ['1', '2'],
    mapping: { reportsFailures: false },
    answer: (_, __, idOf) => failedAt(idOf('1')),
    invocations: [['1', '2']],
  },
  {
    rule: 'a failing batch is split in two where the mapping bisects',
    source: streams,
    records: ['1', '2', '3', '4'],
    mapping: { bisect: true, maximumRetries: 0, failureBucket },
    answer: (batch) => (batch.includes('3') ? fail : ok),
    invocations: [['1', '2', '3', '4'], ['1', '2'], ['3', '4'], ['3'], ['4']],
    setAside: [[['3'], exhausted]],
  },
  {
    rule: 'a batch is retried as often as the mapping says, and no more; then the next one follows',
    source: streams,
    records: ['1', '2'],
    mapping: { batchSize: 1, maximumRetries: 2, failureBucket },
    answer: (batch) => (batch.includes('1') ? fail : ok),
    invocations: [['1'], ['1'], ['1'], ['2']],
    setAside: [[['1'], exhausted]],
  },
  {
    rule: 'what is set aside in S3 is the whole batch that was given up',
    source: errors,
    records: ['1', '2', '3'],
    mapping: { maximumRetries: 0, failureBucket },
    answer: () => fail,
    invocations: [['1', '2', '3']],
    setAside: [[['1', '2', '3'], exhausted]],
  },
  {
    rule: 'only records from the reported one on are set aside',
    source: reporting,
    records: ['1', '2', '3'],
    mapping: { maximumRetries: 0, failureBucket },
    answer: (batch, _, idOf) => (batch.includes('2') ? failedAt(idOf('2')) : ok),
    invocations: [
      ['1', '2', '3'],
      ['2', '3'],
    ],
    setAside: [[['2', '3'], exhausted]],
  },
  {
    rule: 'records that are older than the mapping allows are set aside without an invocation',
    source: streams,
    records: ['1', '2'],
    mapping: { maximumAgeSeconds: 0, failureBucket },
    answer: () => ok,
    invocations: [],
    setAside: [[['1', '2'], 'RecordAgeExceeded']],
  },
];
