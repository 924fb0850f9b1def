/** An app that could not be loaded: the message says what was looked for and where; `cause` is what its module threw. */
export class LoadFailed extends Error {
  override readonly name = 'LoadFailed';
  readonly code = 'ERR_LOAD_FAILED';
}
