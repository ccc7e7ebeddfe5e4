// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deploymentOrder } from '../../../../infra/local/template/order.ts';
import type { Template, TemplateResource } from '../../../../infra/local/template/types.ts';

const templateOf = (resources: Record<string, Omit<TemplateResource, 'Type'>>): Template => ({
  Resources: Object.fromEntries(Object.entries(resources).map(([id, rest]) => [id, { Type: 'T', ...rest }])),
});

test.each<[string, Omit<TemplateResource, 'Type'>]>([
  ['Ref', { Properties: { a: [{ b: { Ref: 'Needed' } }] } }],
  ['Fn::GetAtt', { Properties: { a: { 'Fn::GetAtt': ['Needed', 'Arn'] } } }],
  ['Fn::GetAtt as text', { Properties: { a: { 'Fn::GetAtt': 'Needed.Arn' } } }],
  ['Fn::Sub', { Properties: { a: { 'Fn::Sub': 'x-${Needed.Arn}-${!Not}' } } }],
  ['Fn::Sub with variables', { Properties: { a: { 'Fn::Sub': ['${V}', { V: { Ref: 'Needed' } }] } } }],
  ['DependsOn', { DependsOn: 'Needed' }],
  ['a list of DependsOn', { DependsOn: ['Other', 'Needed'] }],
])('deploys what %s names first', (_, resource) => {
  const order = deploymentOrder(templateOf({ User: resource, Other: {}, Needed: {} }));
  expect(order.indexOf('Needed')).toBeLessThan(order.indexOf('User'));
  expect(order.toSorted()).toEqual(['Needed', 'Other', 'User']);
});

test('names the resources of a circle', () => {
  const circle = templateOf({ A: { DependsOn: 'B' }, B: { Properties: { c: { Ref: 'C' } } }, C: { DependsOn: 'A' } });
  expect(() => deploymentOrder(circle)).toThrow('in a circle: A → B → C → A.');
});

test('every resource comes once and after what it needs, in any acyclic template', () => {
  const graphs = fc
    .integer({ min: 1, max: 20 })
    .chain((size) => fc.array(fc.uniqueArray(fc.nat(size), { maxLength: 4 }), { minLength: size, maxLength: size }));
  fc.assert(
    fc.property(graphs, (needs) => {
      const resources = needs.map(
        (ids, index) => [`R${index}`, { DependsOn: ids.filter((id) => id < index).map((id) => `R${id}`) }] as const,
      );
      const order = deploymentOrder(templateOf(Object.fromEntries(resources.toReversed())));
      expect(order.toSorted()).toEqual(resources.map(([id]) => id).toSorted());
      for (const [id, { DependsOn }] of resources) {
        for (const needed of DependsOn) expect(order.indexOf(needed)).toBeLessThan(order.indexOf(id));
      }
    }),
  );
});
