import { readRequest, usage } from './evaluate/request.ts';
import { evaluate } from './evaluate/run.ts';
import { screenOf } from './evaluate/screen.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  const request = readRequest(process.argv.slice(2));
  if (!request) console.log(usage);
  else {
    let shown = '';
    const evaluated = await evaluate(request, (doing, done, total) => {
      const text = total > 20 && /rank/.test(doing) ? `${doing} ${Math.floor((done * 10) / total)}0 %` : doing;
      if (text === shown) return;
      shown = text;
      process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
    });
    if (request.json) {
      const phases = Object.fromEntries(evaluated.phases);
      console.log(JSON.stringify({ ...evaluated, phases }, null, 2));
    } else console.log(screenOf(evaluated, request.k));
    if (request.out) process.stderr.write(`Wrote ${request.out}.\n`);
  }
});
