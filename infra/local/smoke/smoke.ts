import { checks } from './checks.ts';
import type { SmokeOptions } from './command-line.ts';
import { openStage } from './stage.ts';
import { aVisit } from './visit.ts';

/** Runs all checks, each on a line with ✔ or ✘ and why; false when one failed. */
export async function smoke(options: SmokeOptions, print: (line: string) => void): Promise<boolean> {
  const at = { stage: openStage(options), visit: aVisit(), waitMs: options.waitSeconds * 1_000 };
  print(`${options.url}, as ${at.visit.userId}`);
  let failed = 0;
  for (const [title, check] of checks) {
    const from = performance.now();
    const mark = await check(at).then(
      (told) => `✔ ${title}${told ? `: ${told}` : ''}`,
      (error: Error) => {
        failed += 1;
        return `✘ ${title}: ${error.message}`;
      },
    );
    print(`${mark} (${((performance.now() - from) / 1_000).toFixed(1)} s)`);
  }
  print(failed === 0 ? `All ${checks.length} checks passed.` : `${failed} of ${checks.length} checks failed.`);
  return failed === 0;
}
