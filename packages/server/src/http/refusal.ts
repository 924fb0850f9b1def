/** A request that the server answers itself, with an error, before any app sees it; the connection is closed then. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Fields of the answer, flat. */
  readonly headers: readonly string[];

  /** `reason` is shown to the client. */
  constructor(status: number, reason: string, headers: readonly string[] = []) {
    super(reason);
    this.status = status;
    this.headers = headers;
  }
}
