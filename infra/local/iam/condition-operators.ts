import { BlockList, isIPv6 } from 'node:net';
import { compilePattern, type Fits } from './pattern.ts';

export interface Operator {
  /** Whether it holds when the comparison does not, and when the request has no such key. */
  readonly negated: boolean;
  /** Compiles a value of the policy. Throws when it is no value of this operator. */
  readonly compile: (expected: string, hasVariables: boolean) => Fits;
}

type Compile = Operator['compile'];

/** Text in which only variables are read: a star is a star. */
const literally = (text: string) => text.replace(/(?<!\$\{)[*?]/g, '$${$&}');

const exactly: Compile = (expected, hasVariables) =>
  hasVariables && expected.includes('${')
    ? compilePattern(literally(expected), 'text')
    : (actual) => actual === expected;

const alike: Compile = (expected, hasVariables) =>
  hasVariables
    ? compilePattern(literally(expected), 'text-ignoring-case')
    : (actual) => actual.toLowerCase() === expected.toLowerCase();

const number = (text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`'${text}' is not a number`);
  return value;
};

/** Seconds or ISO 8601. */
const moment = (text: string): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(value)) throw new Error(`'${text}' is not a time`);
  return value;
};

const compare =
  (read: (text: string) => number, holds: (actual: number, expected: number) => boolean): Compile =>
  (expected) => {
    const right = read(expected);
    return (actual) => {
      try {
        return holds(read(actual), right);
      } catch {
        return false;
      }
    };
  };

const comparisons = (name: string, read: (text: string) => number): Record<string, Operator> => {
  const equals = compare(read, (actual, expected) => actual === expected);
  return {
    [`${name}Equals`]: { negated: false, compile: equals },
    [`${name}NotEquals`]: { negated: true, compile: equals },
    [`${name}LessThan`]: { negated: false, compile: compare(read, (a, b) => a < b) },
    [`${name}LessThanEquals`]: { negated: false, compile: compare(read, (a, b) => a <= b) },
    [`${name}GreaterThan`]: { negated: false, compile: compare(read, (a, b) => a > b) },
    [`${name}GreaterThanEquals`]: { negated: false, compile: compare(read, (a, b) => a >= b) },
  };
};

const truth: Compile = (expected) => {
  const wanted = expected.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') throw new Error(`'${expected}' is neither true nor false`);
  return (actual) => actual.toLowerCase() === wanted;
};

const address: Compile = (expected) => {
  const [network = '', given] = expected.split('/');
  const family = (text: string) => (isIPv6(text) ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  list.addSubnet(network, given === undefined ? (isIPv6(network) ? 128 : 32) : number(given), family(network));
  return (actual) => list.check(actual, family(actual));
};

const arn: Compile = (expected, hasVariables) => compilePattern(expected, 'arn-strict', hasVariables);
const like: Compile = (expected, hasVariables) => compilePattern(expected, 'text', hasVariables);
/** The condition operators of IAM, but `Null`, which asks whether a key is there at all. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    StringEquals: { negated: false, compile: exactly },
    StringNotEquals: { negated: true, compile: exactly },
    StringEqualsIgnoreCase: { negated: false, compile: alike },
    StringNotEqualsIgnoreCase: { negated: true, compile: alike },
    StringLike: { negated: false, compile: like },
    StringNotLike: { negated: true, compile: like },
    ...comparisons('Numeric', number),
    ...comparisons('Date', moment),
    Bool: { negated: false, compile: truth },
    BinaryEquals: { negated: false, compile: exactly },
    IpAddress: { negated: false, compile: address },
    NotIpAddress: { negated: true, compile: address },
    // Both mean the same.
    ArnEquals: { negated: false, compile: arn },
    ArnLike: { negated: false, compile: arn },
    ArnNotEquals: { negated: true, compile: arn },
    ArnNotLike: { negated: true, compile: arn },
  } satisfies Record<string, Operator>),
);
