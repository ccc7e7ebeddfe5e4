export type RefusalCode =
  | 'invalid_body'
  | 'segment_not_found'
  | 'segment_exists'
  | 'segment_in_use'
  | 'segment_changed'
  | 'too_many_segments';

/** A change that the catalog does not allow. The message says why, and what to do. */
export class ChangeRefusedError extends Error {
  override readonly name = 'ChangeRefusedError';
  readonly code: RefusalCode;
  /** Each offending value by its path in the definition. */
  readonly errors: readonly { readonly path: string; readonly message: string }[] | undefined;

  constructor(code: RefusalCode, message: string, errors?: ChangeRefusedError['errors']) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}
