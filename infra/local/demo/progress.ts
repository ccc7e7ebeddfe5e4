import cliProgress, { type Options } from 'cli-progress';

const { Format, Presets, SingleBar } = cliProgress;

export interface Progress {
  /** Sets how much is done. */
  update(done: number): void;
  /** Ends the bar, or prints the last line. */
  stop(): void;
}

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A progress bar on a terminal; elsewhere (logs, pipes) a line for every tenth that is done. */
export function openProgress(label: string, total: number, output: Output = process.stdout): Progress {
  return output.isTTY ? bar(label, total, output) : lines(label, total, output);
}

function bar(label: string, total: number, output: Output): Progress {
  const format = `${label} [{bar}] {percentage}% | {value}/{total} | {duration_formatted}`;
  const started = performance.now();
  // Not by the clock of the process, which some commands put forward by months.
  const formatTime = (_: number, options: Options) =>
    Format.TimeFormat(Math.round((performance.now() - started) / 1000), options, 1);
  const options = { format, stream: output, hideCursor: true, barsize: 30, formatTime };
  const single = new SingleBar(options, Presets.shades_classic);
  single.start(total, 0);
  return { update: (done) => single.update(done), stop: () => single.stop() };
}

function lines(label: string, total: number, output: Output): Progress {
  let printed = 0;
  const print = (done: number) => {
    const tenth = total === 0 ? 10 : Math.floor((done * 10) / total);
    if (tenth <= printed) return;
    printed = tenth;
    output.write(`${label} ${tenth * 10}% (${done}/${total})\n`);
  };
  return { update: print, stop: () => undefined };
}
