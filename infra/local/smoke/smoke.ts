import { checks } from './checks.ts';
import type { SmokeOptions } from './command-line.ts';
import { openStage } from './stage.ts';
import { aVisit } from './visit.ts';

/** Runs all checks, each on a line with ✔ or ✘ and why; false when one failed that may not. */
export async function smoke(options: SmokeOptions, print: (line: string) => void): Promise<boolean> {
  const at = { stage: openStage(options), visit: aVisit(), waitMs: options.waitSeconds * 1_000 };
  const isExcepted = (title: string) => options.except?.includes(title) ?? false;
  print(`${options.url}, as ${at.visit.userId}`);
  const failed: string[] = [];
  for (const [title, check] of checks) {
    const from = performance.now();
    const mark = await check(at).then(
      (told) => `✔ ${title}${told ? `: ${told}` : ''}`,
      (error: Error) => {
        failed.push(title);
        return `${isExcepted(title) ? '– excepted' : '✘'} ${title}: ${error.message}`;
      },
    );
    print(`${mark} (${((performance.now() - from) / 1_000).toFixed(1)} s)`);
  }
  const [excepted, wrong] = [failed.filter(isExcepted).length, failed.filter((title) => !isExcepted(title)).length];
  const but = excepted > 0 ? `, ${excepted} excepted failed` : '';
  const passed = checks.length - failed.length;
  print(
    wrong > 0
      ? `${wrong} of ${checks.length} checks failed${but}.`
      : excepted > 0
        ? `${passed} of ${checks.length} checks passed${but}.`
        : `All ${checks.length} checks passed.`,
  );
  return wrong === 0;
}
