import { Presets, SingleBar } from 'cli-progress';

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
  const single = new SingleBar({ format, stream: output, hideCursor: true, barsize: 30 }, Presets.shades_classic);
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
