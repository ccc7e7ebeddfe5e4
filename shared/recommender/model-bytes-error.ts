/** Bytes that are no part of a model: cut off, changed, or written by another version of the format. */
export class ModelBytesError extends Error {
  override readonly name = 'ModelBytesError';
}
