import { writeFileSync } from 'node:fs';
import { reports } from '../../schemas/report/reports.ts';
import { type ReportAnswer, ReportFailed } from './report/answer.ts';
import { askApi } from './report/ask-api.ts';
import { askLake } from './report/ask-lake.ts';
import { type ReportRequest, readRequest } from './report/request.ts';
import { listOf, screenOf } from './report/screen.ts';
import { runCommand } from './run-command.ts';
import { waiting } from './waiting.ts';

await runCommand(async () => {
  const asked = readRequest(process.argv.slice(2), process.env);
  if (asked.kind === 'list') console.log(listOf(reports));
  else if (asked.kind === 'help') console.log(asked.text);
  else await answer(asked.request);
});

async function answer(request: ReportRequest): Promise<void> {
  const report = reports.find(({ name }) => name === request.name);
  if (!report) {
    const names = reports.map(({ name }) => name).join(', ');
    throw new ReportFailed(`There is no report ${request.name}. There are: ${names}.`);
  }
  const format = request.format === 'screen' ? 'json' : request.format;
  const ask = request.source.kind === 'api' ? askApi : askLake;
  const text = await waiting('Asking the lake', () => ask(request, format));
  if (request.format === 'screen') {
    console.log(screenOf(report, JSON.parse(text) as ReportAnswer, process.stdout.columns ?? 100));
  } else if (request.file !== undefined) {
    writeFileSync(request.file, text);
    console.log(`Wrote ${request.file}.`);
  } else if (request.format === 'json') {
    console.log(JSON.stringify(JSON.parse(text), null, 2));
  } else process.stdout.write(text);
}
