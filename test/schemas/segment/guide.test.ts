import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { condition, segmentDefinition } from '../../../schemas/segment/definition.ts';
import { opsOfKind } from '../../../schemas/segment/value-test.ts';
import { builtInSegments } from '../../../shared/segments/built-in-segments.ts';

const guide = readFileSync(new URL('../../../schemas/segment/README.md', import.meta.url), 'utf8');

/** Texts between two marks. */
const between = (open: string, close: string) =>
  [...guide.matchAll(new RegExp(`${open}([\\s\\S]*?)${close}`, 'g'))].map(([, text = '']) => text);

describe('the guide to segments', () => {
  const definitions = between('```json\n', '```');
  const conditions = between('`(?=\\{"type")', '`');

  test.each(definitions)('shows a definition that can be saved: %s', (text) => {
    expect(z.safeParse(segmentDefinition, JSON.parse(text)).error?.issues).toBeUndefined();
  });

  test.each(conditions)('shows a condition that holds: %s', (text) => {
    expect(z.safeParse(condition, JSON.parse(text)).error?.issues).toBeUndefined();
  });

  test('shows every type of condition', () => {
    const shown = new Set(conditions.map((text) => JSON.parse(text).type));
    const types = 'not trait computed event sequence notFollowed frequency rfm lifecycle segment share consent'.split(
      ' ',
    );
    expect([...shown].toSorted()).toEqual(types.toSorted());
    expect(definitions.length).toBeGreaterThanOrEqual(2);
  });

  test('names every test of a value', () => {
    const ops = [...new Set(Object.values(opsOfKind).flatMap((some) => [...some])), 'withinLast', 'anniversary'];
    expect(ops.filter((op) => !guide.includes(`\`${op}\``))).toEqual([]);
  });

  test('names every built-in segment, by its id or its family', () => {
    const named = (id: string) =>
      guide.includes(`\`${id}\``) || guide.includes(`-${id.split('-').slice(1).join('-')}\``);
    expect(
      builtInSegments.map(({ id }) => id).filter((id) => !named(id) && !/^(value|channel|interest)/.test(id)),
    ).toEqual([]);
  });
});
