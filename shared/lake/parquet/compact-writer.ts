import { GrowingBytes } from './growing-bytes.ts';

/** Types of Thrift's compact protocol, as a field's or a list's header names them. */
export const compact = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
export type CompactType = (typeof compact)[keyof typeof compact];

/**
 * Writes structs in Thrift's compact protocol, in which Parquet keeps its headers and its footer. Fields come in the
 * order of their ids. Numbers are whole and not negative.
 */
export class CompactWriter {
  readonly out = new GrowingBytes(1024);
  private lastField = 0;
  private readonly outer: number[] = [];

  bool(field: number, value: boolean): void {
    this.header(field, value ? compact.true : compact.false);
  }

  i32(field: number, value: number): void {
    this.header(field, compact.i32);
    this.i32Element(value);
  }

  i64(field: number, value: number): void {
    this.header(field, compact.i64);
    this.out.varint(value * 2);
  }

  binary(field: number, value: Uint8Array | string): void {
    this.header(field, compact.binary);
    this.binaryElement(value);
  }

  /** A field that is a struct; its fields follow, then `end`. */
  begin(field: number): void {
    this.header(field, compact.struct);
    this.beginElement();
  }

  end(): void {
    this.out.byte(0);
    this.lastField = this.outer.pop() ?? 0;
  }

  /** A field that is a list; so many elements follow. */
  list(field: number, type: CompactType, count: number): void {
    this.header(field, compact.list);
    if (count < 15) this.out.byte((count << 4) | type);
    else {
      this.out.byte(0xf0 | type);
      this.out.varint(count);
    }
  }

  /** A struct without a field of its own: an element of a list, or the outermost. */
  beginElement(): void {
    this.outer.push(this.lastField);
    this.lastField = 0;
  }

  i32Element(value: number): void {
    this.out.varint(value * 2);
  }

  binaryElement(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.out.varint(bytes.length);
    this.out.append(bytes);
  }

  private header(field: number, type: CompactType): void {
    const step = field - this.lastField;
    if (step > 15 || step < 1) throw new RangeError(`Field ${field} cannot follow field ${this.lastField}.`);
    this.out.byte((step << 4) | type);
    this.lastField = field;
  }
}
