import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Column } from '../../../schemas/lake/column.ts';
import { EXPORTS } from '../../../schemas/lake/prefixes.ts';
import { People } from '../../../shared/lake/erasing/people.ts';
import { judgeBy } from '../../../shared/lake/erasing/row-people.ts';
import { rowsSql } from '../../../shared/lake/erasing/search-sql.ts';
import { ResultReader } from '../../adapters/result-reader.ts';
import { type ExportSource, exportSources } from './export-sources.ts';
import { folderOf } from './notes-store.ts';
import { firstWindow, LakeQueryError, nextWindow, smaller, soughtOf } from './search-step.ts';
import type { FoundFiles, LakeExport, LakeExportState, LakeReach, SearchWindow } from './types.ts';

/** Rows of one read, and bytes of text that become one piece of the archive. */
const ROWS = 2_000;
const PIECE_BYTES = 16_000_000;
/** Stands for all days of what is asked for at once. */
const ALL_DAYS: SearchWindow = { from: '', to: '', last: '' };

/**
 * Writes all that the lake holds of a person as one JSON text, packed by gzip: `{"request", "exportedAt", …held, "lake":
 * {"events": [...], ...}}`. Each row is an object of its columns, those without a value left out.
 *
 * It is written in pieces of bounded size, each named by its number and packed for itself, which joined are one gzip file:
 * so a step that is done again writes the same.
 */
export function createLakeExport(reach: LakeReach): LakeExport {
  const { files, athena, clock } = reach;

  async function next(
    state: LakeExportState,
    held: Readonly<Record<string, unknown>>,
  ): Promise<LakeExportState | 'wait'> {
    switch (state.step) {
      case 'first': {
        const { person, startedAt } = state;
        const head = { request: person.requestId, exportedAt: new Date(startedAt).toISOString(), ...held };
        return await withPiece(state, `${JSON.stringify(head).slice(0, -1)},"lake":{`, { step: 'views' });
      }
      case 'views':
        return await view(state);
      case 'join':
        return await join(state);
      case 'done':
        return state;
    }
  }

  async function view(state: LakeExportState): Promise<LakeExportState | 'wait'> {
    const { at, query, found } = state;
    const source = exportSources[at];
    if (source === undefined) return await withPiece(state, '\n}}\n', { step: 'join' });
    const window = state.window ?? (await windowOf(source));
    if (window === undefined) return await afterRows(state, undefined, '');
    if (found !== undefined) return await rows(state, window, found);
    if (query === undefined) return { ...state, window, query: await start(state, source, window) };
    const looked = await athena.look(query);
    if (looked.state === 'running') return 'wait';
    if (looked.state === 'unknown') return moved(state, { window });
    if (looked.state === 'failed') return moved(state, { window: smaller(window, looked.reason) ?? failed(looked) });
    const results = [...(state.results ?? []), looked.output.key];
    return moved({ ...state, results }, { window, found: { result: looked.output, offset: 0 } });
  }

  const windowOf = async ({ daysOf }: ExportSource): Promise<SearchWindow | undefined> =>
    daysOf.length === 0 ? ALL_DAYS : await firstWindow(reach, daysOf);

  function start(state: LakeExportState, source: ExportSource, window: SearchWindow): Promise<string> {
    const { person, startedAt } = state;
    const sought = soughtOf([person], createHash('sha256').update(person.requestId).digest('hex').slice(0, 20), reach);
    const names = source.columns.map(({ name }) => name);
    const sql = rowsSql(source.from, names, source.names, window.from === '' ? undefined : window, sought);
    const token = createHash('sha256').update(`${person.requestId} ${startedAt} ${sql}`).digest('hex');
    return athena.start({ sql, database: reach.database, workGroup: reach.workGroup, token });
  }

  async function rows(state: LakeExportState, window: SearchWindow, found: FoundFiles): Promise<LakeExportState> {
    const source = exportSources[state.at] as ExportSource;
    const reader = new ResultReader(reach.objects, found.result);
    const isTheirs = theirsIn(source, new People([state.person], reach.identity));
    let { offset } = found;
    let text = '';
    let count = state.counts[source.name] ?? 0;
    for (let size = 1; text.length < PIECE_BYTES && size > 0; ) {
      const chunk = await reader.chunk(offset, ROWS);
      size = chunk.rows.length;
      if (size > 0) offset = chunk.end;
      for (const cells of chunk.rows.filter(isTheirs)) {
        text += `${count === 0 ? opening(state) : ',\n'}${JSON.stringify(shown(source.columns, cells))}`;
        count += 1;
      }
      if (size === 0) {
        const counts = { ...state.counts, [source.name]: count };
        return await afterRows({ ...state, counts }, window, text);
      }
    }
    const counts = { ...state.counts, [source.name]: count };
    return await withPiece({ ...state, counts }, text, { window, found: { ...found, offset } });
  }

  /** Goes on with the next days, or closes the list and goes on with the next source. */
  async function afterRows(state: LakeExportState, window: SearchWindow | undefined, text: string) {
    const following = window === undefined || window.from === '' ? undefined : nextWindow(window);
    if (following !== undefined) return await withPiece(state, text, { window: following });
    const { name } = exportSources[state.at] as ExportSource;
    const count = state.counts[name] ?? 0;
    const list = `${text}${count === 0 ? opening(state) : ''}\n]`;
    return await withPiece({ ...state, counts: { ...state.counts, [name]: count } }, list, { at: state.at + 1 });
  }

  async function withPiece(state: LakeExportState, text: string, next: Moved): Promise<LakeExportState> {
    if (text === '') return moved(state, next);
    await files.write(pieceKey(state, state.parts), gzipSync(text));
    return { ...moved(state, next), parts: state.parts + 1 };
  }

  async function join(state: LakeExportState): Promise<LakeExportState> {
    const keys = Array.from({ length: state.parts }, (_, number) => pieceKey(state, number));
    const pieces: Buffer[] = [];
    for (const key of keys) pieces.push((await files.read(key)) ?? Buffer.alloc(0));
    // Of an archive that is whole the pieces may be gone already.
    if (pieces.every((piece) => piece.length > 0)) await files.write(state.key, Buffer.concat(pieces));
    await reach.results.files.remove((state.results ?? []).flatMap((key) => [key, `${key}.metadata`]));
    await files.remove(keys);
    return { ...moved(state, { step: 'done' }), results: [] };
  }

  return {
    begin: (person) => ({
      v: 1,
      person,
      startedAt: clock(),
      step: 'first',
      at: 0,
      parts: 0,
      counts: {},
      key: `${EXPORTS}${person.requestId}.json.gz`,
    }),
    next,
    isDone: ({ step }) => step === 'done',
  };
}

/** Where it goes on: what is left out of days, query and result is not known yet. */
type Moved = Partial<Pick<LakeExportState, 'step' | 'at' | 'window' | 'found'>>;

function moved({ window: _, query: __, found: ___, ...state }: LakeExportState, next: Moved): LakeExportState {
  return { ...state, ...next };
}

function failed({ reason }: { readonly reason: string }): never {
  throw new LakeQueryError(reason);
}

const opening = ({ at }: LakeExportState): string =>
  `${at === 0 ? '' : ','}\n${JSON.stringify(exportSources[at]?.name)}:[\n`;

const pieceKey = ({ person }: LakeExportState, number: number): string =>
  `${folderOf(person.requestId)}piece-${String(number).padStart(6, '0')}.gz`;

type Cells = readonly (string | null)[];

/** A query finds a few rows too many. */
function theirsIn({ columns, names }: ExportSource, people: People): (cells: Cells) => boolean {
  const judged = judgeBy(names, people);
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  return (cells) => {
    const read = (name: string) => cells[places.get(name) ?? -1] ?? undefined;
    const verdict = judged?.judge(read);
    // What may be somebody else's is nobody's to be shown.
    return verdict?.kind === 'goes' && verdict.isGuess === undefined;
  };
}

/** A row by its columns; numbers and truths as such, money as text, so that it stays exact. */
function shown(columns: readonly Column[], cells: Cells): Record<string, string | number | boolean> {
  const row: Record<string, string | number | boolean> = {};
  for (const [at, { name, type }] of columns.entries()) {
    const cell = cells[at];
    if (cell === null || cell === undefined) continue;
    if (type === 'boolean') row[name] = cell === 'true';
    else row[name] = type === 'int' || type === 'bigint' || type === 'double' ? Number(cell) : cell;
  }
  return row;
}
