import fc from 'fast-check';
import { anyJson, anyText } from './hostile.ts';

/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** How deep a schema that holds itself is followed. */
const MAX_DEPTH = 4;
/** Of so many parts one is wrong, where some are to be. */
const ONE_IS_WRONG_OF = 12;

/**
 * Values as a schema asks for them, as far as JSON Schema tells; half of them with parts here and there that it does not
 * ask for. `names` are ids that the other side knows: plain texts are often one of them.
 */
export function bySchema(root: JsonSchema, names: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(new Reader(root, names, false).of(root, 0), new Reader(root, names, true).of(root, 0));
}

/** Objects that have each optional field in one of three, so that one wrong among many does not hide the others. */
export function seldom<T>(
  fields: Readonly<Record<string, fc.Arbitrary<T>>>,
  required: readonly string[],
): fc.Arbitrary<Record<string, T>> {
  const chosen = Object.entries(fields).map(([name, each]) => {
    const field = each.map((value): readonly [string, T] => [name, value]);
    if (required.includes(name)) return field;
    return fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, { arbitrary: field, weight: 1 });
  });
  return fc.tuple(...chosen).map((all) => Object.fromEntries(all.filter((field) => field !== undefined)));
}

/** By pattern: each takes long to prepare. */
const matching = new Map<string, fc.Arbitrary<string>>();

class Reader {
  readonly #root: JsonSchema;
  readonly #isWrong: boolean;
  readonly #text: fc.Arbitrary<string>;
  /** By schema and depth: a schema that many name is read once. */
  readonly #made = new Map<JsonSchema, fc.Arbitrary<unknown>[]>();

  constructor(root: JsonSchema, names: readonly string[], isWrong: boolean) {
    this.#root = root;
    this.#isWrong = isWrong;
    this.#text = fc.oneof(fc.constantFrom(...names), fc.constantFrom(...names), anyText);
  }

  of(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const made = this.#made.get(schema) ?? [];
    this.#made.set(schema, made);
    made[depth] ??= this.#isWrong
      ? fc.oneof(
          { arbitrary: this.#read(schema, depth), weight: ONE_IS_WRONG_OF - 1 },
          { arbitrary: anyJson, weight: 1 },
        )
      : this.#read(schema, depth);
    return made[depth];
  }

  #read(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.of(this.#resolve(schema.$ref), depth);
    if ('const' in schema) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return fc.oneof(...this.#ending(choices, depth).map((one) => this.of(one, depth)));
    if (schema.allOf) return this.#all(schema.allOf, depth);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'object':
        return this.#object(schema, depth + 1);
      case 'array':
        return this.#array(schema, depth + 1);
      case 'string':
        return this.#string(schema);
      case 'integer':
        return this.#number(schema).map(Math.round);
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return schema.properties ? this.#object(schema, depth + 1) : anyJson;
    }
  }

  /** `#` is the whole, `#/$defs/Name` a part of it. */
  #resolve(ref: string): JsonSchema {
    const name = ref.split('/').at(-1) as string;
    return ref === '#' ? this.#root : (this.#root.$defs?.[name] ?? {});
  }

  /** Below the greatest depth only choices that hold no others. */
  #ending(choices: readonly JsonSchema[], depth: number): readonly JsonSchema[] {
    if (depth < MAX_DEPTH) return choices;
    const ends = choices.filter((one) => !JSON.stringify(this.#shallow(one)).includes('$ref'));
    return ends.length > 0 ? ends : choices.slice(0, 1);
  }

  #shallow(schema: JsonSchema): JsonSchema {
    return schema.$ref === undefined ? schema : this.#resolve(schema.$ref);
  }

  #all(parts: readonly JsonSchema[], depth: number): fc.Arbitrary<unknown> {
    return fc.tuple(...parts.map((part) => this.of(part, depth))).map((values) => Object.assign({}, ...values));
  }

  #object({ properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema, depth: number) {
    if (depth > MAX_DEPTH * 2) return fc.constant({});
    const named = seldom(
      Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.of(schema, depth)])),
      required,
    );
    if (additionalProperties === false) return named;
    const other = typeof additionalProperties === 'object' ? this.of(additionalProperties, depth) : anyJson;
    const name = propertyNames ? this.#string(propertyNames) : this.#text;
    return fc.tuple(fc.dictionary(name, other, { maxKeys: 3 }), named).map(([more, own]) => ({ ...more, ...own }));
  }

  #array({ items, prefixItems, minItems = 0, maxItems = 5 }: JsonSchema, depth: number) {
    if (prefixItems) return fc.tuple(...prefixItems.map((each) => this.of(each, depth)));
    const each = typeof items === 'object' ? this.of(items, depth) : anyJson;
    const most = Math.min(maxItems, depth > MAX_DEPTH ? 1 : 4);
    return fc.array(each, { minLength: Math.min(minItems, 30), maxLength: Math.max(minItems, most) });
  }

  #string({ pattern, format, minLength = 0, maxLength }: JsonSchema): fc.Arbitrary<string> {
    if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    if (format === 'date') {
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
    }
    if (pattern !== undefined) return fc.oneof(this.#matching(pattern), this.#text);
    const fits = (text: string) => text.length >= minLength && text.length <= (maxLength ?? Number.POSITIVE_INFINITY);
    return this.#text.map((text) => (fits(text) ? text : text.padEnd(minLength, 'x').slice(0, maxLength)));
  }

  /** Patterns with what fast-check does not take are left to chance. */
  #matching(pattern: string): fc.Arbitrary<string> {
    const made = matching.get(pattern);
    if (made) return made;
    try {
      const texts = fc.stringMatching(new RegExp(pattern));
      matching.set(pattern, texts);
      return texts;
    } catch {
      return this.#text;
    }
  }

  #number({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): fc.Arbitrary<number> {
    const min = Math.max(minimum ?? exclusiveMinimum ?? -1e15, -1e15);
    const max = Math.max(min, Math.min(maximum ?? exclusiveMaximum ?? 1e15, 1e15));
    return fc.oneof(
      fc.double({ min, max, noNaN: true }),
      fc.integer({ min: Math.ceil(min), max: Math.max(Math.ceil(min), Math.floor(max)) }),
      fc.constantFrom(min, max),
    );
  }
}
