import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openProgress } from '../../../../infra/local/demo/progress.ts';

function anOutput(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, stream: Object.assign(stream, { isTTY, columns: 100, getWindowSize: () => [100, 20] }) };
}

it('prints a line for each tenth where there is no terminal', () => {
  const { written, stream } = anOutput(false);
  const progress = openProgress('Replaying', 40, stream);

  for (let done = 1; done <= 40; done += 1) progress.update(done);
  progress.stop();

  expect(written.length).toBe(10);
  expect(written[0]).toBe('Replaying 10% (4/40)\n');
  expect(written.at(-1)).toBe('Replaying 100% (40/40)\n');
});

it('draws a bar on a terminal', () => {
  const { written, stream } = anOutput(true);
  const progress = openProgress('Replaying', 10, stream);

  progress.update(10);
  progress.stop();

  expect(written.join('')).toContain('Replaying');
  expect(written.join('')).toContain('10/10');
});
