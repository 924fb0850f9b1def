import type { Exchange } from '@pullo/asgi';

/** Looks out for the client, once it is asked to. */
interface Watcher {
  watchClient(): void;
}

/** `scope.exchange`: the controller of its signal is made when somebody reads it, also after the abort. */
export class ExchangeSignal implements Exchange {
  readonly #watcher: Watcher;
  #controller: AbortController | null = null;
  #reason: Error | null = null;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
      else this.#watcher.watchClient();
    }
    return this.#controller.signal;
  }

  /** Static, so that an app that holds the exchange cannot abort it by mistake. The first reason counts. */
  static abort(exchange: ExchangeSignal, reason: Error): void {
    if (exchange.#reason !== null) return;
    exchange.#reason = reason;
    exchange.#controller?.abort(reason);
  }

  /** Whether an error is what the signal was aborted with: an app that lets it through has done nothing wrong. */
  static isReason(exchange: ExchangeSignal, error: unknown): boolean {
    return exchange.#reason !== null && exchange.#reason === error;
  }
}
