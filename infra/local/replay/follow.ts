import type { ReplayRequest, ReplayView } from '../../../schemas/replay.ts';
import { StartError } from '../errors.ts';
import { followWork, type Output } from '../follow-work.ts';
import type { Target } from './target.ts';

/** Begins a replay, or joins the same one, and has it go on until it is over. Throws a `StartError`. */
export async function follow(
  target: Target,
  request: ReplayRequest,
  output: Output,
  pauseMs?: number,
): Promise<ReplayView> {
  const { replay: first, refused } = await target.call({ start: request });
  if (refused || first === undefined) {
    const what = first === undefined ? '' : ` (--${optionOf(first.request)}: ${first.label})`;
    throw new StartError(`Another replay is under way${what}: there is one at a time. Try again when it is over.`);
  }
  const goOn = async (forMs: number) => {
    const { replay } = await target.call({ work: { forMs } });
    return replay?.id === first.id ? replay : undefined;
  };
  return await followWork({ name: 'replay', first, goOn, log: target.log, output, pauseMs });
}

const optionOf = ({ kind }: ReplayRequest): string => (kind === 'setAside' ? 'set-aside' : kind);
