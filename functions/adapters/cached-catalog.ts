import type { Catalog, SegmentCatalogReader } from './segment-catalog-reader.ts';

/** The catalog as of now; its body is read only when the head has moved. */
export class CachedCatalog {
  readonly #catalog: SegmentCatalogReader;
  #latest: Catalog | undefined;

  constructor(catalog: SegmentCatalogReader) {
    this.#catalog = catalog;
  }

  async read(): Promise<Catalog> {
    const head = await this.#catalog.readHead();
    if (this.#latest?.revision !== head.revision) this.#latest = await this.#catalog.read();
    return this.#latest;
  }
}
