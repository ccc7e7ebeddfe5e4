import type { Context } from 'aws-lambda';
import type { PrivacyRequest } from '../../schemas/privacy.ts';
import { type HeldStore, Lease, LeaseLostError } from '../adapters/lease.ts';
import { errorFields } from '../adapters/log.ts';
import type { PrivacyWork } from '../adapters/privacy-work.ts';
import { type StepOutcome, workInSteps } from '../adapters/work-in-steps.ts';
import { ErasureSteps } from './erasure-steps.ts';
import { type ExportProgress, type ExportReach, ExportSteps } from './export-steps.ts';
import type { ExportPass, Pass } from './pass.ts';
import { peopleOf } from './people.ts';
import type { Reach } from './reach.ts';
import { retryAfter } from './retry-after.ts';

export interface PrivacyWorkerProps extends Reach, Pick<ExportReach, 'lists' | 'lakeExport'> {
  readonly register: Reach['register'] & ExportReach['register'];
  readonly work: HeldStore<PrivacyWork<Pass>>;
  /** A text of letters, digits and dashes that no other call answers. */
  readonly newId: () => string;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Time before the function's end in which no step is begun: a step may read and rewrite a large file. */
const MARGIN_MS = 60_000;
/** A step may take as long as a query's page or a file of the lake, without a sign of life. */
const LEASE_MS = 60_000;
/** Erasures that go through the lake together. */
const MAX_TOGETHER = 20;
/** Times that one export is begun anew. */
const MAX_FAILURES = 10;

/**
 * Makes the function that works off requests of privacy, one pass at a time: several erasures together, or one export. It
 * runs when a request was stored and every minute, and ends at once when there is nothing to do.
 *
 * Why an erased person does not come back: the tombstones are written first, by hash; then a barrier is put on every
 * shard. Whatever a consumer takes behind it was decided with the tombstones, and what came before is landed when all
 * have passed it. Only then anything is deleted. A key that turned up meanwhile begins this anew.
 *
 * Why a crash does no harm: all that a run knows is stored with each step, and a step that is done again finds less to
 * do. What goes is counted and stored before it goes, so that the receipt counts it once.
 */
export function createPrivacyWorker(props: PrivacyWorkerProps) {
  const { work, requests, clock, newId } = props;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    const held = await work.read();
    if (held?.pass === undefined && (await requests.open()).length === 0) return;
    try {
      const lease = await Lease.take(work, clock, newId(), { pass: undefined }, LEASE_MS);
      if (lease !== undefined) await new Run(props, lease).until(end);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      props.log('warn', error.message, { code: 'privacy_lease_lost' });
    }
  };
}

/** One run under its lease: from step to step, from pass to pass. */
class Run {
  readonly #props: PrivacyWorkerProps;
  readonly #lease: Lease<PrivacyWork<Pass>>;
  readonly #erasures: ErasureSteps;
  readonly #exports: ExportSteps;

  constructor(props: PrivacyWorkerProps, lease: Lease<PrivacyWork<Pass>>) {
    this.#props = props;
    this.#lease = lease;
    this.#erasures = new ErasureSteps(props);
    this.#exports = new ExportSteps(props);
  }

  async until(end: number): Promise<void> {
    const onError = (error: unknown) => {
      const { id, type, step } = this.#lease.work.pass ?? {};
      const fields = { code: 'privacy_step_failed', pass: id, type, step: step?.name, ...errorFields(error) };
      this.#props.log('warn', 'A step of a request of privacy failed, and is tried again.', fields);
    };
    await workInSteps(this.#lease, { ...this.#props, step: () => this.#once(), onError }, end);
  }

  async #once(): Promise<StepOutcome> {
    const { pass } = this.#lease.work;
    if (pass === undefined) return await this.#begin();
    const next = await this.#lease.during<Pass | 'wait' | 'over'>(() =>
      pass.type === 'erasure' ? this.#erasures.advance(pass) : this.#exported(pass),
    );
    if (next === 'wait') return 'wait';
    if (next === 'over') {
      await this.#lease.save({ pass: undefined });
      this.#say('A pass of requests of privacy is done.', 'privacy_pass_done', pass);
      return 'moved';
    }
    await this.#lease.save({ pass: next });
    if (next.step.name !== pass.step.name) await this.#note(next);
    return 'moved';
  }

  /** The oldest request decides what is done next: erasures all together. */
  async #begin(): Promise<StepOutcome> {
    const { requests, clock, newId } = this.#props;
    const open = await requests.open();
    const [first] = open;
    if (first === undefined) return 'over';
    const pass = first.type === 'export' ? anExport(first, clock()) : anErasure(open, newId(), clock());
    await this.#lease.save({ pass });
    await this.#note(pass);
    return 'moved';
  }

  /**
   * An export that fails is begun anew after a while, by new queries: what failed may be a query that met a file while it was
   * replaced, or a store that was out of reach. After some quarter of an hour it is given up; an erasure never is.
   */
  async #exported(pass: ExportPass): Promise<ExportProgress> {
    const { clock, log } = this.#props;
    if (pass.retryAt !== undefined && clock() < pass.retryAt) return 'wait';
    try {
      return await this.#exports.advance(pass);
    } catch (error) {
      const failures = pass.failures + 1;
      const fields = { request: pass.id, step: pass.step.name, failures, ...errorFields(error) };
      if (failures <= MAX_FAILURES) {
        log('warn', 'An export failed, and is begun anew.', { code: 'privacy_export_again', ...fields });
        return { ...pass, failures, retryAt: clock() + retryAfter(failures), step: { name: 'find' } };
      }
      log('error', 'An export was given up.', { code: 'privacy_export_failed', ...fields });
      return await this.#exports.finish(pass, { failure: 'The lake could not be asked. Ask for the export again.' });
    }
  }

  async #note(pass: Pass): Promise<void> {
    const ids = pass.type === 'export' ? [pass.id] : pass.people.flatMap(({ requestIds }) => requestIds);
    for (const id of ids) {
      // Nothing depends on it: the work goes on though nobody can see how far it is.
      await this.#props.requests.note(id, pass.step.name).catch((error: unknown) => {
        this.#props.log('warn', 'How far a request is could not be noted.', {
          code: 'privacy_not_noted',
          request: id,
          ...errorFields(error),
        });
      });
    }
  }

  #say(message: string, code: string, pass: Pass): void {
    const people = pass.type === 'erasure' ? pass.people.length : 1;
    const milliseconds = this.#props.clock() - pass.startedAt;
    this.#props.log('info', message, { code, pass: pass.id, type: pass.type, people, milliseconds });
  }
}

const anExport = ({ id, keys }: PrivacyRequest, startedAt: number): Pass => ({
  type: 'export',
  id,
  startedAt,
  keys,
  failures: 0,
  step: { name: 'find' },
});

function anErasure(open: readonly PrivacyRequest[], id: string, startedAt: number): Pass {
  const erasures = open.filter(({ type }) => type === 'erasure').slice(0, MAX_TOGETHER);
  const step = { name: 'find', isSettled: false } as const;
  return { type: 'erasure', id, startedAt, people: peopleOf(erasures), barriers: 0, step };
}
