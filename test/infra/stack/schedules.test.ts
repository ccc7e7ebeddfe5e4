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
  ['DueTimesSweeper', 'Sweeper', 'rate(1 minute)'],
  ['SegmentsBackfill', 'Backfill', 'rate(1 minute)'],
  ['ImportsImporter', 'Importer', 'rate(1 minute)'],
  ['ProfileSnapshotsSnapshot', 'Snapshot', 'rate(1 minute)'],
  ['WatchLook', 'Watch', 'cron(15 * * * ? *)'],
  ['SealingSealer', 'Sealer', 'rate(15 minutes)'],
  ['ReplaysReplayer', 'Replayer', 'rate(5 minutes)'],
])('%s', (part, name, rate) => {
  const [id] = functionOf(template, part);

  test(`runs at a ${rate}, by a role that may invoke it and nothing else`, () => {
    const [, schedule] =
      resourcesOf(template, 'AWS::Scheduler::Schedule').find(
        ([, { Properties }]) => target(Properties.Target.Arn) === id,
      ) ?? [];
    expect(schedule?.Properties.ScheduleExpression).toBe(rate);
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
  const [, filter] = resourcesOf(template, 'AWS::Logs::MetricFilter').find(([id]) => id.startsWith('DueTimes')) ?? [];
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

test('how far the sealer is behind comes from its log, and rings after two days', () => {
  const [, filter] = resourcesOf(template, 'AWS::Logs::MetricFilter').find(([id]) => id.startsWith('Sealing')) ?? [];
  const [, sealer] = functionOf(template, 'SealingSealer');
  expect(target(filter?.Properties.LogGroupName)).toBe(target(sealer.Properties.LoggingConfig.LogGroup));
  expect(filter?.Properties).toMatchObject({
    FilterPattern: '{ $.code = "sealing" }',
    MetricTransformations: [{ MetricName: 'SealingDaysBehind', MetricValue: '$.daysBehind', Unit: 'Count' }],
  });
  expect(alarmOf('SealerBehind')).toMatchObject({ MetricName: 'SealingDaysBehind', Threshold: 2 });
});

test('alerts of figures ring by the metric that the watch prints', () => {
  const [, lambda] = functionOf(template, 'WatchLook');
  expect(lambda.Properties.Environment?.Variables).toMatchObject({ METRICS_NAMESPACE: 'Headwater-prod' });
  expect(alarmOf('FiguresAlert')).toMatchObject({
    Namespace: 'Headwater-prod',
    MetricName: 'Alerts',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
});

test('the watch silent for more than a day rings', () => {
  expect(alarmOf('WatchSilent')).toMatchObject({ Period: 6 * 3600, EvaluationPeriods: 5 });
});

test('the laptop looks for what is due every two seconds, production once a minute', () => {
  expect(settings('local').sweeper.everySeconds).toBe(2);
  expect(settings('prod').sweeper.everySeconds).toBe(60);
});

test('trainings begin at night, and those that stopped go on within five minutes', () => {
  const [id] = functionOf(template, 'RecommendationsTrainer');
  const clocks = resourcesOf(template, 'AWS::Scheduler::Schedule').filter(
    ([, { Properties }]) => target(Properties.Target.Arn) === id,
  );
  const told = clocks.map(([, { Properties }]) => [Properties.ScheduleExpression, Properties.Target.Input]);
  expect(told.sort()).toEqual([
    ['cron(0 3 * * ? *)', '{"nightly":true}'],
    ['rate(5 minutes)', undefined],
  ]);
});

test('a training that was given up rings, and so do a version that is worse, and three days without any', () => {
  const [id] = functionOf(template, 'RecommendationsTrainer');
  expect(JSON.stringify(alarmOf('TrainingErrors'))).toContain(id);
  expect(alarmOf('ModelRefused')).toMatchObject({
    Namespace: 'Headwater-prod',
    MetricName: 'ModelsRefused',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(alarmOf('TrainingStale')).toMatchObject({
    MetricName: 'TrainingsUpToDate',
    Period: 86_400,
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
});
