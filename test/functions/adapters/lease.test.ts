import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BackfillWork, createBackfillJobs } from '../../../functions/adapters/backfill-job.ts';
import { LEASE_MS, Lease, LeaseLostError } from '../../../functions/adapters/lease.ts';
import { newJob } from '../../../shared/segments/backfill-job.ts';
import { MemoryTable } from './memory-table.ts';

const table = () => createBackfillJobs(new MemoryTable().client, 'segments');
const job = newJob('job-1', { segments: [{ id: 'buyers', version: 1 }], removed: [] }, 0);
const none: BackfillWork = { job: undefined, failures: [] };
const work: BackfillWork = { job, failures: [] };
const take = (jobs: ReturnType<typeof table>, owner: string) => Lease.take(jobs, Date.now, owner, none);
const sure = async (lease: ReturnType<typeof take>): Promise<Lease<BackfillWork>> => {
  const taken = await lease;
  if (taken === undefined) throw new Error('Somebody else has the lease.');
  return taken;
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('only one has it, until it lets go or has been silent for too long', async () => {
  const jobs = table();
  const first = await sure(take(jobs, 'first'));
  expect(await take(jobs, 'second')).toBeUndefined();
  await first.save(work);
  await first.release();
  const second = await sure(take(jobs, 'second'));
  expect(second.work.job).toEqual(job);
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await take(jobs, 'third')).toBeUndefined();
  vi.advanceTimersByTime(1);
  await sure(take(jobs, 'third'));
});

test('of two that take it at one moment only one gets it', async () => {
  const jobs = table();
  const taken = await Promise.all(['a', 'b', 'c'].map((owner) => take(jobs, owner)));
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
});

test('who was silent for too long cannot write any more, and changes nothing', async () => {
  const jobs = table();
  const first = await sure(take(jobs, 'first'));
  vi.advanceTimersByTime(LEASE_MS);
  const second = await sure(take(jobs, 'second'));
  await second.save(work);
  for (const write of [() => first.save(none), () => first.release()]) {
    await expect(write()).rejects.toBeInstanceOf(LeaseLostError);
  }
  expect((await jobs.read())?.job).toEqual(job);
});

test('lives on during work that takes longer than it lasts', async () => {
  const jobs = table();
  const first = await sure(take(jobs, 'first'));
  const during = first.during(() => new Promise((resolve) => setTimeout(resolve, LEASE_MS * 5)));
  for (let beat = 0; beat < 19; beat += 1) {
    await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    expect(await take(jobs, 'second')).toBeUndefined();
  }
  await vi.advanceTimersByTimeAsync(LEASE_MS);
  await during;
  await first.save(work);
  vi.advanceTimersByTime(LEASE_MS);
  await sure(take(jobs, 'second'));
});

test('saves what is said while it speaks up', async () => {
  const jobs = table();
  const first = await sure(take(jobs, 'first'));
  vi.advanceTimersByTime(LEASE_MS / 2);
  await Promise.all([first.renew(), first.save(work), first.renew()]);
  expect((await jobs.read())?.job).toEqual(job);
});

test.each(['dies_before', 'dies_after'] as const)(
  'goes on after a write of which nobody knows whether it happened: %s',
  async (fate) => {
    const memory = new MemoryTable();
    const jobs = createBackfillJobs(memory.client, 'segments');
    const first = await sure(take(jobs, 'first'));
    await first.save(work);
    const begun = memory.calls;
    memory.fate = (call) => (call === begun + 1 ? fate : 'happens');
    await expect(first.save({ ...work, job: { ...job, sent: 1 } })).rejects.toThrow();
    await first.save({ ...work, job: { ...job, sent: 2 } });
    expect((await jobs.read())?.job?.sent).toBe(2);
    await first.release();
    expect((await jobs.read())?.leaseUntil).toBe(0);
  },
);
