import { gunzipSync, gzipSync } from 'node:zlib';
import { INBOX, MAP_FILE, REJECTED, STATUS_ENDING } from '../../../schemas/import/state.ts';
import { EXPORTS, type LakePrefix, PRIVACY_WORK, prefixesBesideTables } from '../../../schemas/lake/prefixes.ts';
import { sourceOf } from '../../../shared/import/import-source.ts';
import { withoutNamedLines } from '../../../shared/lake/erasing/named-lines.ts';
import { People } from '../../../shared/lake/erasing/people.ts';
import { countOne } from './rewrite-step.ts';
import type { LakeErasureState, LakeErasureStep, LakeReach, PlannedFile } from './types.ts';

/** Files that are looked into between two states that are stored. */
const FILES_A_STEP = 16;
/** Larger ones do not fit into memory, unpacked and as text: the receipt of the erasure says how many there are. */
export const MAX_LINES_BYTES = 256_000_000;

type PrefixStep = Extract<LakeErasureStep, { name: 'prefixes' }>;

interface LookedInto {
  readonly plan: PlannedFile;
  readonly bytes: Buffer;
  readonly since: number | undefined;
}

const prefixes = prefixesBesideTables.filter(({ erasure }) => erasure !== 'nothing' && erasure !== 'own');

/** Takes people out of what lies beside the tables, prefix by prefix, and lastly out of the results of queries. */
export class PrefixSteps {
  readonly #reach: LakeReach;

  constructor(reach: LakeReach) {
    this.#reach = reach;
  }

  async next(state: LakeErasureState, step: PrefixStep): Promise<LakeErasureState | 'wait'> {
    const place = prefixes[step.at];
    if (place === undefined) {
      await this.#removeResults(state);
      return { ...state, step: { name: 'versions', at: 0 } };
    }
    if (place.erasure === 'lines') return await this.#takeLines(state, step, place);
    if (place.erasure === 'archives') return await this.#removeArchives(state, step.at);
    return (await this.#removeFiles(place)) ? movedOn(state, step.at) : 'wait';
  }

  /** Deletes what lay there when the people's rows were gone; younger files hold nothing of them. */
  async #removeFiles({ prefix }: LakePrefix): Promise<boolean> {
    if ((prefix === 'replays/' || prefix === 'training/') && (await this.#reach.isInUse(prefix))) return false;
    await this.#reach.files.remove((await this.#reach.files.list(prefix)).map(({ key }) => key));
    return true;
  }

  /** Results of queries that ended before the rows were gone may hold some. */
  async #removeResults({ goneAt = 0 }: LakeErasureState): Promise<void> {
    const { files } = this.#reach.results;
    const old = (await files.list('')).filter(({ modifiedAt = 0 }) => modifiedAt <= goneAt);
    await files.remove(old.map(({ key }) => key));
  }

  async #removeArchives(state: LakeErasureState, at: number): Promise<LakeErasureState> {
    let { counts } = state;
    for (const { requestId, exports = [] } of state.people) {
      for (const id of exports) {
        const found = (await this.#reach.files.list(`${EXPORTS}${id}.`)).map(({ key }) => key);
        const pieces = (await this.#reach.files.list(`${PRIVACY_WORK}${id}/`)).map(({ key }) => key);
        await this.#reach.files.remove([...found, ...pieces]);
        if (found.length > 0) counts = countOne(counts, requestId, `${EXPORTS} archives`, found.length);
      }
    }
    return movedOn({ ...state, counts }, at);
  }

  async #takeLines(state: LakeErasureState, step: PrefixStep, { prefix }: LakePrefix): Promise<LakeErasureState> {
    const people = new People(state.people, this.#reach.identity);
    const { files, ...rest } = step;
    if (files !== undefined) {
      const left: PlannedFile[] = [];
      let { counts } = state;
      for (const planned of files) {
        const again = await this.#rewriteLines(planned, people);
        if (again !== undefined) left.push(again);
        else
          for (const [request, lines] of Object.entries(planned.rows)) {
            counts = countOne(counts, request, `${prefix} lines`, lines);
          }
      }
      return { ...state, counts, step: left.length > 0 ? { ...rest, files: left } : rest };
    }
    const all = (await this.#reach.files.list(prefix)).filter(({ key }) => key > (step.after ?? ''));
    const some = all.slice(0, FILES_A_STEP);
    if (some.length === 0) return movedOn(state, step.at);
    const planned: PlannedFile[] = [];
    let unread = state.unread?.[prefix] ?? 0;
    for (const { key, size } of some.filter((file) => mayHoldLines(file.key))) {
      const found = size <= MAX_LINES_BYTES ? await this.#lookInto(key, people) : 'unreadable';
      if (found === 'unreadable') unread += 1;
      else if (found !== undefined) planned.push(found.plan);
    }
    const next = { ...rest, after: some.at(-1)?.key ?? '' };
    const noted = unread > 0 ? { ...state, unread: { ...state.unread, [prefix]: unread } } : state;
    return { ...noted, step: planned.length > 0 ? { ...next, files: planned } : next };
  }

  async #lookInto(key: string, people: People): Promise<LookedInto | 'unreadable' | undefined> {
    const found = await this.#reach.versioned.read(key);
    if (found === undefined) return undefined;
    const isPacked = found.body[0] === 0x1f && found.body[1] === 0x8b;
    const plain = isPacked ? unpacked(found.body) : found.body;
    if (plain === undefined) return 'unreadable';
    const { bytes, gone } = withoutNamedLines(plain, people, people.spaces.ofSource(sourceOfFile(key)));
    if (Object.keys(gone).length === 0) return undefined;
    const plan = { key, etag: found.etag, rows: gone, names: {} };
    return { plan, bytes: isPacked ? gzipSync(bytes) : bytes, since: found.since };
  }

  /** Undefined when it is done; the plan anew when the file is another by now. */
  async #rewriteLines(planned: PlannedFile, people: People): Promise<PlannedFile | undefined> {
    for (;;) {
      const found = await this.#lookInto(planned.key, people);
      if (found === undefined || found === 'unreadable') return undefined;
      if (found.plan.etag !== planned.etag) return found.plan;
      const said = { type: 'application/octet-stream', since: found.since };
      if ((await this.#reach.versioned.writeOver(planned.key, planned.etag, found.bytes, said)) !== undefined) return;
    }
  }
}

const movedOn = (state: LakeErasureState, at: number): LakeErasureState => ({
  ...state,
  step: { name: 'prefixes', at: at + 1 },
});

const mayHoldLines = (key: string): boolean => !key.endsWith(`/${MAP_FILE}`) && !key.endsWith(STATUS_ENDING);

/** Undefined for what is damaged or becomes too large. */
function unpacked(body: Buffer): Buffer | undefined {
  try {
    return gunzipSync(body, { maxOutputLength: MAX_LINES_BYTES });
  } catch {
    return undefined;
  }
}

/** The source of the import that brings in a file of the inbox, `inbox/<name>/<file>`, or has rejected its lines. */
function sourceOfFile(key: string): string {
  const rejected = key.startsWith(REJECTED) ? /^(.+)-[0-9a-f]{16}$/.exec(folderOf(key, REJECTED)) : null;
  return sourceOf(rejected?.[1] ?? folderOf(key, INBOX));
}

const folderOf = (key: string, prefix: string): string => key.slice(prefix.length).split('/')[0] ?? '';
