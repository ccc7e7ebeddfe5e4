/** Whether a value, or its absence, fits; `undefined` stands for absence. */
export type Matcher = (value: unknown) => boolean;

type Scalar = string | number | boolean | null;
type Rule = Readonly<Record<string, unknown>>;

/**
 * Compiles a pattern in the language of EventBridge, as far as Lambda documents it for filters: a field's rules stand in
 * a list, of which one must fit; all fields of the pattern must fit. An array fits when one of its items does.
 * Throws an error that names the path for an operator that there is not.
 */
export function compilePattern(pattern: unknown, path = ''): Matcher {
  if (Array.isArray(pattern)) return leaf(pattern, path);
  if (!isRule(pattern)) throw new Error(`${path || 'the pattern'} must be an object, or a list of rules`);
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new Error(`${path || 'the pattern'} is empty`);
  const fields = entries.map(([name, inner]) => (name === '$or' ? either(inner, path) : field(name, inner, path)));
  const all: Matcher = (value) => fields.every((fits) => fits(value));
  return (value) => (Array.isArray(value) ? value.some(all) : all(value));
}

function field(name: string, inner: unknown, path: string): Matcher {
  const fits = compilePattern(inner, path ? `${path}.${name}` : name);
  return (value) => fits(isRule(value) && Object.hasOwn(value, name) ? value[name] : undefined);
}

function either(alternatives: unknown, path: string): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length < 2) throw new Error(`${path}.$or needs two alternatives`);
  const compiled = alternatives.map((alternative, index) => compilePattern(alternative, `${path}.$or.${index}`));
  return (value) => compiled.some((fits) => fits(value));
}

function leaf(rules: readonly unknown[], path: string): Matcher {
  if (rules.length === 0) throw new Error(`${path} has an empty list`);
  const compiled = rules.map((rule) => oneRule(rule, path));
  return (value) => {
    const scalars = scalarsOf(value);
    return compiled.some((fits) => fits(scalars));
  };
}

/** What a field holds: arrays count by their items, objects are no values. */
function scalarsOf(value: unknown): Scalar[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(scalarsOf);
  return value === null || typeof value !== 'object' ? [value as Scalar] : [];
}

function oneRule(rule: unknown, path: string): (scalars: readonly Scalar[]) => boolean {
  if (isScalar(rule)) return (scalars) => scalars.includes(rule);
  const [name = '', argument] = Object.entries(isRule(rule) ? rule : {})[0] ?? [];
  if (name === 'exists' && typeof argument === 'boolean') return (scalars) => scalars.length > 0 === argument;
  const fits = operator(name, argument);
  if (!fits || Object.keys(rule as object).length !== 1) {
    throw new Error(`${path} has the rule ${JSON.stringify(rule)}, which is not known here`);
  }
  return (scalars) => scalars.some(fits);
}

function operator(name: string, argument: unknown): ((scalar: Scalar) => boolean) | undefined {
  if (name === 'anything-but') return anythingBut(argument);
  if (name === 'numeric' && Array.isArray(argument)) return numeric(argument);
  if (typeof argument !== 'string') return undefined;
  const onText = (fits: (text: string) => boolean) => (scalar: Scalar) => typeof scalar === 'string' && fits(scalar);
  if (name === 'prefix') return onText((text) => text.startsWith(argument));
  if (name === 'suffix') return onText((text) => text.endsWith(argument));
  if (name !== 'equals-ignore-case') return undefined;
  return onText((text) => text.toLowerCase() === argument.toLowerCase());
}

function anythingBut(argument: unknown): ((scalar: Scalar) => boolean) | undefined {
  if (isScalar(argument)) return (scalar) => scalar !== argument;
  if (Array.isArray(argument)) {
    const others: readonly unknown[] = argument;
    return others.length > 0 && others.every(isScalar) ? (scalar) => !others.includes(scalar) : undefined;
  }
  const [name = '', inner] = Object.entries(isRule(argument) ? argument : {})[0] ?? [];
  const fits = name === 'anything-but' || name === 'numeric' ? undefined : operator(name, inner);
  return fits && ((scalar) => !fits(scalar));
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(argument: readonly unknown[]): ((scalar: Scalar) => boolean) | undefined {
  const pairs = Array.from({ length: Math.ceil(argument.length / 2) }, (_, index) =>
    argument.slice(2 * index, 2 * index + 2),
  );
  if (pairs.length === 0 || pairs.length > 2) return undefined;
  const checks = pairs.map(([name, bound]) => {
    const compare = comparisons[String(name)];
    return compare && typeof bound === 'number' ? (value: number) => compare(value, bound) : undefined;
  });
  if (checks.includes(undefined)) return undefined;
  return (scalar) => typeof scalar === 'number' && checks.every((holds) => holds?.(scalar));
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const isRule = (value: unknown): value is Rule => value !== null && typeof value === 'object' && !Array.isArray(value);
