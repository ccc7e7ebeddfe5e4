/** Longer texts are computed anew each time, so that the memory of a memo stays small. */
const MAX_KEY_LENGTH = 1024;

/**
 * Remembers a pure function of a text. Bounded: two generations of at most `size` answers, and what was not asked for
 * during a whole generation is forgotten.
 */
export function memoized<Answer extends object | string | boolean | number>(
  compute: (text: string) => Answer,
  size: number,
): (text: string) => Answer {
  let recent = new Map<string, Answer>();
  let older = new Map<string, Answer>();
  return (text) => {
    const known = recent.get(text);
    if (known !== undefined) return known;
    const answer = older.get(text) ?? compute(text);
    if (text.length > MAX_KEY_LENGTH) return answer;
    if (recent.size >= size) {
      older = recent;
      recent = new Map();
    }
    recent.set(text, answer);
    return answer;
  };
}
