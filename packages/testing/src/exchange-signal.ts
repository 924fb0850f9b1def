import type { Exchange } from '@pullo/asgi';

/** Where breaches of the contract are reported; a symbol, for an app has no business there. */
export const report: unique symbol = Symbol('pullo.testing.report');

/** `scope.exchange`: the controller of its signal is made on first read, as most apps never ask. */
export class ExchangeSignal implements Exchange {
  readonly [report]: (error: unknown) => void;
  readonly #reason: () => Error | null;
  #controller: AbortController | null = null;

  /** `reason` tells why the exchange was over before its time, if it was. */
  constructor(reason: () => Error | null, onBreach: (error: unknown) => void) {
    this.#reason = reason;
    this[report] = onBreach;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    ExchangeSignal.update(this);
    return this.#controller.signal;
  }

  /** Aborts the signal if there is a reason by now. Static, so that an app cannot call it by mistake. */
  static update(exchange: ExchangeSignal): void {
    const reason = exchange.#reason();
    if (reason !== null) exchange.#controller?.abort(reason);
  }
}
