import type { Exchange } from '@pullo/asgi';

/** Who mounted the app: what `ctx.error` of its pipeline shows. */
interface Above {
  error: unknown;
}

/** The exchange as a mounted app sees it: over when the server says so, or when its response has been replaced. */
export class MountedExchange implements Exchange {
  readonly #outer: Exchange | undefined;
  readonly #above: Above;
  readonly #reason: { error?: unknown } = {};
  #controller: AbortController | undefined;
  #signal: AbortSignal | undefined;

  constructor(outer: Exchange | undefined, above: Above) {
    this.#outer = outer;
    this.#above = above;
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#controller = new AbortController();
      if ('error' in this.#reason) this.#controller.abort(this.#reason.error);
      const own = this.#controller.signal;
      this.#signal = this.#outer === undefined ? own : AbortSignal.any([this.#outer.signal, own]);
    }
    return this.#signal;
  }

  /**
   * Tells the pipeline above, before the app answers, which error that answer was made of. A mounted Pullo does: to undo a transaction, whoever is
   * above has to know, and from outside an answer does not show it.
   */
  tell(error: unknown): void {
    this.#above.error = error;
  }

  abort(error: unknown): void {
    this.#reason.error = error;
    this.#controller?.abort(error);
  }
}
