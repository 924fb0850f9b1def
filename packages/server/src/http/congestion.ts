import { ClientDisconnected } from '@pullo/asgi';
import { Deferred } from './promises.js';
import type { Transport } from './transport.js';

/** A client that is slower than the app: all who send wait for one promise. */
export class Congestion {
  readonly #transport: Pick<Transport, 'whenWritable'>;
  #writable: Deferred | null = null;

  constructor(transport: Pick<Transport, 'whenWritable'>) {
    this.#transport = transport;
  }

  /** Resolves when there is room again; rejects with `ClientDisconnected` if the exchange ends before. */
  over(): Promise<void> {
    if (this.#writable !== null) return this.#writable.promise;
    const writable = new Deferred();
    this.#writable = writable;
    this.#transport.whenWritable(() => {
      if (this.#writable === writable) this.#writable = null;
      writable.resolve();
    });
    return writable.promise;
  }

  /** The exchange is over. */
  end(): void {
    this.#writable?.reject(new ClientDisconnected());
    this.#writable = null;
  }
}
