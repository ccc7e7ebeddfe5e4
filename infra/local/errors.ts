/**
 * Something the user can mend: the message is one sentence that says what is wrong and what to do.
 * Commands print the message alone; any other error is a fault of ours and keeps its stack.
 */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/** The template asks for something that the local runtime cannot make. */
export class TemplateError extends StartError {
  override readonly name = 'TemplateError';
}

/** The cloud assembly is missing, or a file that it names is. */
export class IncompleteBuildError extends StartError {
  override readonly name = 'IncompleteBuildError';
}

/** Running the CDK app failed. */
export class SynthesisError extends StartError {
  override readonly name = 'SynthesisError';
}

/** Another program listens on the port. */
export class PortTakenError extends StartError {
  override readonly name = 'PortTakenError';
}

/** Another runtime works on the same data folder. */
export class AlreadyRunningError extends StartError {
  override readonly name = 'AlreadyRunningError';
}

/** A file of the data folder cannot be read, or does not fit the template. */
export class DamagedDataError extends StartError {
  override readonly name = 'DamagedDataError';
}

/** The command line cannot be understood. */
export class UsageError extends StartError {
  override readonly name = 'UsageError';
}

/** What `parseArgs` could not read, by the first sentence of what it threw, above how the command is used. */
export const misread = (cause: unknown, usage: string): UsageError =>
  new UsageError(`${(cause as Error).message.split('. ')[0]}.\n\n${usage}`, { cause });
