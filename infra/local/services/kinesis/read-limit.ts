import type { Run } from './corrections.ts';

const mostBytes = 10 * 1024 * 1024;

/** A read holds 10 MiB of data at most; kinesalite's holds any number of bytes. */
export async function withinTenMegabytes(run: Run, input: object): ReturnType<Run> {
  const answer = (await run(input)) as { readonly Records?: readonly { readonly Data: string }[] };
  const { Records = [] } = answer;
  let bytes = 0;
  const tooMany = Records.findIndex(({ Data }) => {
    bytes += (Data.length * 3) / 4;
    return bytes > mostBytes;
  });
  return tooMany < 0 ? answer : run({ ...input, Limit: Math.max(1, tooMany) });
}
