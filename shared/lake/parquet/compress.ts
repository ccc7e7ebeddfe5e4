import { constants, zstdCompressSync } from 'node:zlib';

/** Numbers by which Parquet names how a column is compressed. */
export const codecs = { none: 0, zstd: 6 } as const;

/** The fastest but one: levels above cost more time than they save bytes of events. */
const LEVEL = 1;

export const compress = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    pledgedSrcSize: bytes.length,
    chunkSize: bytes.length < 100_000 ? 16_384 : 131_072,
  });
