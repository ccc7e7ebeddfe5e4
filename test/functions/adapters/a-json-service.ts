export interface Call {
  readonly operation: string;
  readonly input: never;
}

type Answer = object | Error;

/** A service in the place of one of AWS: answers each operation as told, the last answer again and again. */
export function aJsonService(told: Readonly<Record<string, readonly Answer[]>> = {}) {
  const answers = new Map(Object.entries(told).map(([operation, all]) => [operation, [...all]]));
  const calls: Call[] = [];
  const service = async (operation: string, input: object) => {
    calls.push({ operation, input: input as never });
    const left = answers.get(operation) ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) throw answer;
    return (answer ?? {}) as never;
  };
  return {
    service: service as never,
    calls,
    /** Inputs of the calls of an operation, in order. */
    inputs: (operation: string) => calls.filter((call) => call.operation === operation).map(({ input }) => input),
  };
}
