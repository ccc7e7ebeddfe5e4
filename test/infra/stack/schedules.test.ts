import { describe, expect, test } from 'vitest';
import { functionOf, resourcesOf, settings, statementsOf, synthesized, target } from './synthesized.ts';

const template = synthesized('prod');
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
const alarmOf = (name: string) => {
  const found = alarms.find(([id]) => id.startsWith(`Monitoring${name}`));
  if (!found) throw new Error(`There is no alarm ${name}.`);
  return found[1].Properties;
};

describe.each([
  ['DueTimesSweeper', 'Sweeper'],
  ['SegmentsBackfill', 'Backfill'],
])('%s', (part, name) => {
  const [id] = functionOf(template, part);

  test('runs every minute, by a role that may invoke it and nothing else', () => {
    const [, schedule] =
      resourcesOf(template, 'AWS::Scheduler::Schedule').find(
        ([, { Properties }]) => target(Properties.Target.Arn) === id,
      ) ?? [];
    expect(schedule?.Properties.ScheduleExpression).toBe('rate(1 minute)');
    const role = { Properties: { Role: schedule?.Properties.Target.RoleArn } } as never;
    expect(statementsOf(template, role)).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
    ]);
  });

  test('is watched for errors, and for not running at all', () => {
    const silent = alarmOf(`${name}Silent`);
    expect(silent).toMatchObject({
      MetricName: 'Invocations',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(alarmOf(`${name}Errors`)).toMatchObject({ MetricName: 'Errors', TreatMissingData: 'notBreaching' });
    for (const alarm of [silent, alarmOf(`${name}Errors`)]) expect(JSON.stringify(alarm.Dimensions)).toContain(id);
  });
});

test('how late the sweeper is comes from its log, and rings after five minutes', () => {
  const [[, filter] = []] = resourcesOf(template, 'AWS::Logs::MetricFilter');
  const [, sweeper] = functionOf(template, 'DueTimesSweeper');
  expect(target(filter?.Properties.LogGroupName)).toBe(target(sweeper.Properties.LoggingConfig.LogGroup));
  expect(filter?.Properties).toMatchObject({
    FilterPattern: '{ $.code = "swept" }',
    MetricTransformations: [
      { MetricNamespace: 'Headwater-prod', MetricName: 'SweepLag', MetricValue: '$.lagSeconds', Unit: 'Seconds' },
    ],
  });
  expect(alarmOf('SweeperLag')).toMatchObject({ Namespace: 'Headwater-prod', MetricName: 'SweepLag', Threshold: 300 });
});

test('the laptop looks for what is due every two seconds', () => {
  expect(settings('local').sweeper.everySeconds).toBe(2);
  expect(settings('prod').sweeper.everySeconds).toBe(20);
});
