import type { Exchange } from '@pullo/asgi';

type Watcher = (reason: unknown) => void;

/** `scope.exchange`: the controller of its signal is made when somebody reads it, also after the abort. */
export class ExchangeSignal implements Exchange {
  #controller: AbortController | null = null;
  #reason: Error | null = null;
  #watcher: Watcher | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Static, so that an app that holds the exchange cannot abort it by mistake. The first reason counts. */
  static abort(exchange: ExchangeSignal, reason: Error): void {
    if (exchange.#reason !== null) return;
    exchange.#reason = reason;
    exchange.#controller?.abort(reason);
    exchange.#watcher?.(reason);
  }

  /** Calls back when it is aborted, without a signal; gives what ends that. It takes one at a time, undefined if there is one. */
  static watch(exchange: ExchangeSignal, watcher: Watcher): (() => void) | undefined {
    if (exchange.#watcher !== null) return undefined;
    exchange.#watcher = watcher;
    if (exchange.#reason !== null) watcher(exchange.#reason);
    return () => {
      exchange.#watcher = null;
    };
  }

  /** Whether an error is what the signal was aborted with: an app that lets it through has done nothing wrong. */
  static isReason(exchange: ExchangeSignal, error: unknown): boolean {
    return exchange.#reason !== null && exchange.#reason === error;
  }
}

/** Calls back when an exchange is aborted, at once if it has been; gives what ends that. A signal, which takes a third of the cost of a small answer, is made only where there is no other way. */
export function whenAborted(exchange: Exchange, watcher: Watcher): () => void {
  const stop = exchange instanceof ExchangeSignal ? ExchangeSignal.watch(exchange, watcher) : undefined;
  if (stop !== undefined) return stop;
  const { signal } = exchange;
  const onAbort = (): void => watcher(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return () => signal.removeEventListener('abort', onAbort);
}
