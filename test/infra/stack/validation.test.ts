import { readFileSync } from 'node:fs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type CfnResource, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { stages } from '../../../infra/config.ts';
import { HeadwaterStack } from '../../../infra/stack.ts';
import { anApp } from './synthesized.ts';

const checkedApp = () => {
  process.env.CDK_VALIDATION = 'true';
  const app = anApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(), new ServerlessChecks());
  return app;
};

test.each(Object.keys(stages))(
  'stage %s keeps the rules of CloudFormation, of AWS Solutions and of serverless applications',
  (stage) => {
    const app = checkedApp();
    new HeadwaterStack(app, { stage });
    const { directory } = app.synth();
    const { pluginReports } = JSON.parse(readFileSync(`${directory}/validation-report.json`, 'utf8'));
    expect(pluginReports).toEqual([]);
  },
);

test('a finding that nobody explained stops the synthesis', () => {
  const app = checkedApp();
  const stack = new HeadwaterStack(app, { stage: 'local' });
  new Bucket(stack, 'Careless');
  expect(() => app.synth()).toThrow(/Careless[\s\S]*AwsSolutions-S10/);
});

test('a property that CloudFormation does not know stops the synthesis', () => {
  const app = checkedApp();
  const stack = new HeadwaterStack(app, { stage: 'local' });
  const table = stack.node.findChild('Profiles').node.findChild('Table').node.defaultChild as CfnResource;
  table.addPropertyOverride('PointInTimeRecovery', true);
  expect(() => app.synth()).toThrow(/PointInTimeRecovery/);
});
