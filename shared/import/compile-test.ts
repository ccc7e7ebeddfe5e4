import type { RowTest } from '../../schemas/import/row-test.ts';
import { readPattern } from '../../schemas/segment/pattern.ts';
import { compilePattern } from '../segments/pattern-matcher.ts';
import type { Row } from './columns.ts';
import type { Compiler } from './compiler.ts';
import { compare, type ExactNumber, exactly, readNumber } from './exact-number.ts';

export type CompiledTest = (row: Row) => boolean;

/** The test as a function. Columns that the file does not have are noted in `compiler`. */
export function compileTest(test: RowTest, path: string, compiler: Compiler): CompiledTest {
  const inner = (tests: readonly RowTest[], name: string) =>
    tests.map((each, at) => compileTest(each, `${path}.${name}.${at}`, compiler));
  if ('all' in test) {
    const parts = inner(test.all, 'all');
    return (row) => parts.every((part) => part(row));
  }
  if ('any' in test) {
    const parts = inner(test.any, 'any');
    return (row) => parts.some((part) => part(row));
  }
  if ('not' in test) {
    const part = compileTest(test.not, `${path}.not`, compiler);
    return (row) => !part(row);
  }

  const cell = compiler.reader(test.column, `${path}.column`);
  const passes = (pass: (text: string) => boolean): CompiledTest => {
    return (row) => {
      const value = cell(row);
      return value !== undefined && pass(typeof value === 'object' ? JSON.stringify(value) : String(value));
    };
  };
  const comparing = (pass: (order: number) => boolean, to: number) => {
    const bound = exactly(to);
    return passes((text) => {
      const number = readNumber(text, compiler.decimal);
      return number !== undefined && pass(compare(number, bound));
    });
  };
  const amongThese = (values: readonly (string | number)[]) => {
    const texts = new Set(values.filter((value) => typeof value === 'string'));
    const numbers = values.filter((value) => typeof value === 'number').map(exactly);
    return passes((text) => texts.has(text) || isAmong(readNumber(text, compiler.decimal), numbers));
  };
  const negated =
    (test: CompiledTest): CompiledTest =>
    (row) =>
      !test(row);
  switch (test.op) {
    case 'empty':
      return (row) => cell(row) === undefined;
    case 'notEmpty':
      return (row) => cell(row) !== undefined;
    case 'equals':
      return amongThese([test.value]);
    case 'notEquals':
      return negated(amongThese([test.value]));
    case 'in':
      return amongThese(test.value);
    case 'notIn':
      return negated(amongThese(test.value));
    case 'startsWith':
      return passes((text) => text.startsWith(test.value));
    case 'endsWith':
      return passes((text) => text.endsWith(test.value));
    case 'contains':
      return passes((text) => text.includes(test.value));
    case 'matches':
      return passes(compilePattern(readPattern(test.value)));
    case 'less':
      return comparing((order) => order < 0, test.value);
    case 'lessOrEqual':
      return comparing((order) => order <= 0, test.value);
    case 'greater':
      return comparing((order) => order > 0, test.value);
    case 'greaterOrEqual':
      return comparing((order) => order >= 0, test.value);
  }
}

const isAmong = (number: ExactNumber | undefined, numbers: readonly ExactNumber[]): boolean =>
  number !== undefined && numbers.some((each) => compare(each, number) === 0);
