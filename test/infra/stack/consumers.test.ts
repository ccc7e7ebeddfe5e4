import { describe, expect, test } from 'vitest';
import { functionOf, resourcesOf, settings, synthesized, target } from './synthesized.ts';

const mappingOf = (template: ReturnType<typeof synthesized>, part: string) => {
  const [id] = functionOf(template, part);
  const found = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ([, { Properties }]) => target(Properties.FunctionName) === id,
  );
  if (!found) throw new Error(`Nothing invokes ${id}.`);
  return found;
};

describe.each([
  ['ProfilesUpdater', 'profileUpdater', 'ProfileUpdater'],
  ['LakeWriter', 'lakeWriter', 'LakeWriter'],
  ['AudienceWriter', 'audienceWriter', 'AudienceWriter'],
] as const)('%s', (part, setting, name) => {
  test.each(['local', 'prod'])('reads the stream as stage %s says', (stage) => {
    const { batchSize, windowSeconds, retryAttempts, recordAgeHours } = settings(stage)[setting];
    const [, mapping] = mappingOf(synthesized(stage), part);
    expect(mapping.Properties).toMatchObject({
      BatchSize: batchSize,
      MaximumBatchingWindowInSeconds: windowSeconds,
      MaximumRetryAttempts: retryAttempts,
      MaximumRecordAgeInSeconds: recordAgeHours * 3600,
    });
  });

  test('is watched for lag, errors, and batches that it gave up on', () => {
    const template = synthesized('prod');
    const [mapping] = mappingOf(template, part);
    const [lambda] = functionOf(template, part);
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(([id]) => id.startsWith(`Monitoring${name}`));
    const text = (suffix: string) => JSON.stringify(alarms.find(([id]) => id.startsWith(`Monitoring${name}${suffix}`)));

    expect(alarms).toHaveLength(4);
    expect(text('Lag')).toMatch(/IteratorAge/);
    expect(text('Lag')).toContain(lambda);
    for (const [suffix, metric] of [
      ['Errors', 'FailedInvokeEventCount'],
      ['SetAside', 'OnFailureDestinationDeliveredEventCount'],
      ['Dropped', 'DroppedEventCount'],
    ] as const) {
      expect(text(suffix)).toContain(metric);
      expect(text(suffix)).toContain(mapping);
    }
  });

  test('counts what its mapping gives up on', () => {
    const [, mapping] = mappingOf(synthesized('prod'), part);
    expect(mapping.Properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] });
  });
});

test('the audience writer is invoked for transitions and barriers alone, the others for all records', () => {
  const filtersOf = (part: string) => mappingOf(synthesized('prod'), part)[1].Properties.FilterCriteria;
  expect(filtersOf('AudienceWriter')).toEqual({
    Filters: [{ Pattern: '{"data":{"kind":["transitions","barrier"]}}' }],
  });
  expect(filtersOf('ProfilesUpdater')).toBeUndefined();
  expect(filtersOf('LakeWriter')).toBeUndefined();
});

test('the laptop shows events at once, production writes few large files', () => {
  expect(settings('local').profileUpdater.windowSeconds).toBe(0);
  expect(settings('local').lakeWriter.windowSeconds).toBeLessThanOrEqual(1);
  expect(settings('prod').lakeWriter.windowSeconds).toBe(60);
});
