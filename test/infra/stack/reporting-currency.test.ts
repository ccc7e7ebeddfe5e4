import { expect, test } from 'vitest';
import { resourcesOf, synthesized } from './synthesized.ts';

function sqlOf(view: string, template: ReturnType<typeof synthesized>): string {
  const inputs = resourcesOf(template, 'AWS::Glue::Table').map(([, { Properties }]) => Properties.TableInput);
  const { ViewOriginalText } = inputs.find(({ Name }) => Name === view);
  const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(ViewOriginalText) ?? [];
  return JSON.parse(Buffer.from(encoded, 'base64').toString()).originalSql;
}

test('sums over people and days are in US dollars unless the stage says otherwise', () => {
  expect(sqlOf('reporting', synthesized('dev'))).toBe("SELECT\n  'USD' AS currency");
  expect(sqlOf('reporting', synthesized('dev', { reportingCurrency: 'EUR' }))).toBe("SELECT\n  'EUR' AS currency");
});
