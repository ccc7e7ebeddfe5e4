import { gzipSync } from 'node:zlib';
import { EXPORTS } from '../../../schemas/lake/prefixes.ts';
import type { LakeExport, LakeReach } from './types.ts';

/** Writes the archive of a person: one JSON object, compressed. */
export function createLakeExport({ files, clock }: LakeReach): LakeExport {
  return {
    begin: (person) => ({
      v: 1,
      person,
      startedAt: clock(),
      at: 0,
      parts: 0,
      counts: {},
      step: 'first',
      key: `${EXPORTS}${person.requestId}.json.gz`,
    }),
    next: async (state, held) => {
      await files.write(state.key, gzipSync(JSON.stringify(held)));
      return { ...state, step: 'done' };
    },
    isDone: ({ step }) => step === 'done',
  };
}
