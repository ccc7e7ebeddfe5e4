import { expect, test } from 'vitest';
import { functionOf, Match, settings, synthesized } from './synthesized.ts';

const { privacy } = settings('dev');

test('days by table are told to the worker, which a clock of its own asks for those that are over', () => {
  const template = synthesized('dev', { privacy: { ...privacy, retention: { raw: 30, events: 730 } } });
  const [, worker] = functionOf(template, 'PrivacyRequestsWorker');
  expect(JSON.parse(worker.Properties.Environment.Variables.RETENTION_DAYS)).toEqual({ raw: 30, events: 730 });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(6 hours)',
    Target: Match.objectLike({ Input: '{"task":"retention"}' }),
  });
});

test('without days nothing is deleted by age', () => {
  const schedules = Object.values(synthesized('dev').findResources('AWS::Scheduler::Schedule'));
  expect(JSON.stringify(schedules)).not.toContain('retention');
});

test('how long profiles are kept is told to the worker, which a clock asks each night for people unseen', () => {
  const retention = { profiles: 730, raw: 90, events: 730 };
  const template = synthesized('dev', { privacy: { ...privacy, retention } });
  const [, worker] = functionOf(template, 'PrivacyRequestsWorker');
  expect(JSON.parse(worker.Properties.Environment.Variables.RETENTION_DAYS)).toEqual(retention);
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 4 * * ? *)',
    Target: Match.objectLike({ Input: '{"task":"forget"}' }),
  });
});
