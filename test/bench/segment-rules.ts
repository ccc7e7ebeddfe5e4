import type { Condition, SegmentDefinition } from '../../schemas/segment/definition.ts';
import { segmentDefinition } from '../../schemas/segment/definition.ts';

/** Numbers from 0 to 1 that are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);

const words = {
  plan: ['free', 'basic', 'pro', 'team', 'enterprise'],
  country: ['DE', 'AT', 'CH', 'FR', 'IT', 'ES', 'NL', 'PL', 'SE', 'US'],
  city: ['Berlin', 'Wien', 'Paris', 'Roma', 'Madrid', 'Oslo', 'Warszawa', 'Zürich', 'Lyon', 'Köln'],
  industry: ['retail', 'travel', 'media', 'finance', 'health', 'games'],
  language: ['de', 'fr', 'it', 'es', 'en', 'pl'],
} as const;
const numbers = { age: [18, 80, 5], orders: [0, 20, 1], spent: [0, 2_000, 50], score: [0, 100, 10] } as const;
const flags = ['newsletter', 'employee', 'verified'] as const;

export type Traits = Readonly<Record<string, string | number | boolean>>;

/** Traits of a person: some of them are missing. */
export function someTraits(random: Random): Traits {
  const traits: Record<string, string | number | boolean> = {};
  for (const [name, values] of Object.entries(words)) if (random() < 0.9) traits[name] = pick(random, values);
  for (const [name, [from, to]] of Object.entries(numbers)) {
    if (random() < 0.9) traits[name] = Math.round(from + random() * (to - from));
  }
  for (const name of flags) if (random() < 0.8) traits[name] = random() < 0.5;
  traits.email = `person-${Math.floor(random() * 1e6)}@${pick(random, ['example.com', 'shop.example', 'mail.example'])}`;
  return traits;
}

/** A test as marketers write them: of a choice of values, a round number, a flag. `isUnlike` gives each its own number. */
function someTest(random: Random, isUnlike: boolean): Condition {
  const kind = random();
  const type = 'trait' as const;
  if (kind < 0.3) {
    const name = pick(random, Object.keys(words) as (keyof typeof words)[]);
    if (random() < 0.5)
      return { type, name, op: pick(random, ['equals', 'notEquals'] as const), value: pick(random, words[name]) };
    return { type, name, op: 'in', value: [...new Set([pick(random, words[name]), pick(random, words[name])])] };
  }
  if (kind < 0.85) {
    const name = pick(random, Object.keys(numbers) as (keyof typeof numbers)[]);
    const [from, to, step] = numbers[name];
    const value = isUnlike ? from + random() * (to - from) : pick(random, range(from, to, step));
    return { type, name, op: pick(random, ['less', 'lessOrEqual', 'greater', 'greaterOrEqual'] as const), value };
  }
  if (kind < 0.95) return { type, name: pick(random, flags), op: 'equals', value: true };
  return { type, name: 'email', op: 'endsWith', value: pick(random, ['@example.com', '@shop.example']) };
}

/** Seven tests: some that must hold, a choice of others, and one that must not. */
export function someSegments(count: number, seed: number, isUnlike = false): SegmentDefinition[] {
  const random = randomFrom(seed);
  const test = () => someTest(random, isUnlike);
  return Array.from({ length: count }, (_, index) => {
    const condition: Condition = {
      type: 'all',
      conditions: [
        test(),
        test(),
        { type: 'any', conditions: [test(), test(), test()] },
        { type: 'any', conditions: [test(), { type: 'not', condition: test() }] },
      ],
    };
    return segmentDefinition.parse({ id: `segment-${index}`, name: `Segment ${index}`, condition });
  });
}
