import { PRIVACY_WORK } from '../../../schemas/lake/prefixes.ts';
import { type Note, NotedTraces } from '../../../shared/lake/erasing/notes.ts';
import type { LakeReach } from './types.ts';

/** The notes of an erasure, one file each below `privacy/work/<id>/`. */
export class NotesStore {
  readonly #files: LakeReach['files'];

  constructor({ files }: Pick<LakeReach, 'files'>) {
    this.#files = files;
  }

  /** Writes a note over one of the same number: of a step that is done again, what it told before may be more. */
  async write(id: string, number: number, note: Note): Promise<void> {
    await this.#files.write(noteKey(id, number), Buffer.from(JSON.stringify(note)));
  }

  async read(id: string): Promise<NotedTraces> {
    const traces = new NotedTraces();
    for (const { key } of await this.#files.list(folderOf(id))) {
      const body = await this.#files.read(key);
      if (body !== undefined) traces.add(JSON.parse(body.toString()));
    }
    return traces;
  }

  async remove(id: string): Promise<void> {
    await this.#files.remove((await this.#files.list(folderOf(id))).map(({ key }) => key));
  }
}

export const folderOf = (id: string): string => `${PRIVACY_WORK}${id}/`;

const noteKey = (id: string, number: number): string => `${folderOf(id)}note-${String(number).padStart(6, '0')}.json`;
