import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resourcesOf, synthesized, type TemplateJson } from '../stack/synthesized.ts';

const page = readFileSync(new URL('../../../infra/OPERATIONS.md', import.meta.url), 'utf8');
const template = synthesized('prod').toJSON() as TemplateJson;
const scripts = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).scripts as object;

/** As `infra/constructs/monitoring.ts` names them. */
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
  ([id]) => /^Monitoring(\w+)[0-9A-F]{8}$/.exec(id)?.[1],
);

const sections = page
  .slice(page.indexOf('## Alarms'), page.indexOf('## Backups'))
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [heading = '', ...lines] = text.split('\n');
    return { heading, names: heading.split(', '), text: lines.join('\n') };
  });

test('every alarm has its section, and every section its alarms', () => {
  expect(sections.flatMap(({ names }) => names).sort()).toEqual(alarms.sort());
});

describe.each(sections)('$heading', ({ text }) => {
  test('says what it means, how to look by a command, and how to mend it', () => {
    const parts = ['**Means.**', '**Look.**', '```sh\n', '**Mend.**'].map((part) => text.indexOf(part));
    expect(
      parts.every((at) => at >= 0),
      String(parts),
    ).toBe(true);
    expect(parts).toEqual(parts.toSorted((one, other) => one - other));
  });
});

const uses = (pattern: RegExp) => [
  ...new Set([...page.matchAll(pattern)].map(([, name = '', type = '']) => `${name} ${type}`)),
];

test('commands name outputs that the stack has', () => {
  const known = Object.keys(template.Outputs);
  const named = uses(/\boutput ([A-Z]\w+)/g).map((use) => use.trim());
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('commands find exactly one resource of the stack', () => {
  const logs = uses(/\blogs ([A-Z]\w+)/g).map((use) => `${use.trim()} AWS::Logs::LogGroup`);
  const clocks = (/for clock in ([\w ]+);/.exec(page)?.[1] ?? '')
    .split(' ')
    .map((name) => `${name} AWS::Scheduler::Schedule`);
  const others = uses(/resource ([A-Z]\w+)\s+(AWS::\w+::\w+)/g);
  const found = [...logs, ...clocks, ...others].map((use) => {
    const [start = '', type = ''] = use.split(' ');
    return [use, resourcesOf(template, type).filter(([id]) => id.startsWith(start)).length];
  });
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(([, count]) => count !== 1)).toEqual([]);
});

test('commands of npm are scripts of the project', () => {
  const named = uses(/npm run ([\w-]+)/g).map((use) => use.trim());
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('views that are asked are there', () => {
  const tables = resourcesOf(template, 'AWS::Glue::Table').map(([, { Properties }]) => Properties.TableInput.Name);
  for (const [table] of uses(/\bFROM ([a-z_]+)/g).map((use) => use.split(' '))) expect(tables).toContain(table);
});
