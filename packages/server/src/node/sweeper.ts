import type { Socket } from 'node:net';
import type { Settings } from '../options.js';
import type { Connection } from './connection.js';

/** How often connections are looked at: shorter only where a time-out is. */
const LONGEST_PERIOD = 1000;
const SHORTEST_PERIOD = 10;

/**
 * Looks at all connections every now and then: whether they wait for too long.
 *
 * One timer for all: those that are set and cleared for each request, for the next one and for its body, are 5 % of the cost of a small
 * request with a body.
 */
export class Sweeper {
  readonly #connections: ReadonlyMap<Socket, Connection>;
  readonly #period: number;
  /** How many times in a row a connection may be found idle. */
  readonly #limit: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(connections: ReadonlyMap<Socket, Connection>, { keepAliveTimeout, idleTimeout }: Settings) {
    this.#connections = connections;
    const shortest = Math.min(keepAliveTimeout, idleTimeout) / 4;
    this.#period = Math.max(SHORTEST_PERIOD, Math.min(LONGEST_PERIOD, shortest));
    this.#limit = Math.ceil(keepAliveTimeout / this.#period);
  }

  /** Does nothing if it runs already. */
  start(): void {
    this.#timer ??= setInterval(() => {
      for (const connection of this.#connections.values()) connection.sweep(this.#limit);
    }, this.#period).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
