interface Context {
  readonly attrNames?: Readonly<Record<string, string>>;
  readonly attrVals?: Readonly<Record<string, object>>;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
}

/** dynalite's parser of condition, filter and key expressions. */
export interface ExpressionParser {
  parse(text: string, options: { readonly context: Context }): unknown;
}

/** An expression that was parsed, with other values in the place of its own. */
interface Parsed {
  readonly fill: (values: Context['attrVals']) => unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

const remembering = new WeakSet<ExpressionParser>();
const MAX_REMEMBERED = 1_000;
/** Whether these hold depends on the values themselves. */
const byValue = /\b(?:between|attribute_type)\b/i;

/**
 * Parses an expression once, and not with every call that has other values for it: parsing takes longer than the write.
 * An expression that is wrong, or whose check depends on more than the types of its values, is parsed each time.
 */
export function rememberExpressions(parser: ExpressionParser): void {
  if (remembering.has(parser)) return;
  remembering.add(parser);
  const remembered = new Map<string, Parsed>();
  const parse = parser.parse.bind(parser);
  parser.parse = (text, options) => {
    const { context } = options;
    const key = keyOf(text, context);
    const known = remembered.get(key);
    if (known !== undefined) {
      for (const name of known.names) delete context.unusedAttrNames[name];
      for (const name of known.values) delete context.unusedAttrVals[name];
      return known.fill(context.attrVals);
    }
    // What another expression of the same call has used is used by this one, too.
    const { attrNames, attrVals } = context;
    const [unusedAttrNames, unusedAttrVals] = [allOf(attrNames), allOf(attrVals)];
    const tree = parse(text, { ...options, context: { ...context, unusedAttrNames, unusedAttrVals } });
    const names = Object.keys(attrNames ?? {}).filter((name) => !(name in unusedAttrNames));
    const values = Object.keys(attrVals ?? {}).filter((name) => !(name in unusedAttrVals));
    for (const name of names) delete context.unusedAttrNames[name];
    for (const name of values) delete context.unusedAttrVals[name];
    if (typeof tree === 'string' || byValue.test(text)) return tree;
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    remembered.set(key, {
      fill: filling(tree, new Map(Object.entries(attrVals ?? {}).map(([name, value]) => [value, name]))),
      names,
      values,
    });
    return tree;
  };
}

const allOf = (names: object = {}): Record<string, true> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, true]));

function keyOf(text: string, { attrNames = {}, attrVals = {}, ...context }: Context): string {
  const types = Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)[0]]);
  const isKeyCondition = 'isKeyCondition' in context && context.isKeyCondition;
  return JSON.stringify([text, attrNames, types, isKeyCondition]);
}

/** Copies a tree with the values that a call has under the names of the first call's. */
function filling(tree: unknown, names: ReadonlyMap<unknown, string>): Parsed['fill'] {
  const name = names.get(tree);
  if (name !== undefined) return (values) => values?.[name];
  if (typeof tree !== 'object' || tree === null) return () => tree;
  const parts = Object.entries(tree).map(([part, value]) => [part, filling(value, names)] as const);
  const isArray = Array.isArray(tree);
  const prototype = Object.getPrototypeOf(tree);
  return (values) => {
    const filled = isArray ? [] : Object.create(prototype);
    for (const [part, fill] of parts) filled[part] = fill(values);
    return filled;
  };
}
