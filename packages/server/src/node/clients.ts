/** What a client has open: a connection, or one that is about to become one. */
export interface Client {
  /** How many exchanges are under way or wait for their turn. */
  readonly pending: number;
  /** The server is stopping: what runs is told. */
  drain(): void;
  /** Ends it if it waits for a request. */
  closeIdle(): void;
  /** The time that a stopping server leaves to its exchanges is over. */
  shutDown(): void;
}

/** All that the clients of a server have open. */
export class Clients {
  readonly #all = new Set<Client>();
  #whenEmpty: (() => void) | null = null;

  add(client: Client): void {
    this.#all.add(client);
  }

  delete(client: Client): void {
    this.#all.delete(client);
    if (this.#all.size === 0) this.#whenEmpty?.();
  }

  [Symbol.iterator](): IterableIterator<Client> {
    return this.#all.values();
  }

  /** How many exchanges are under way. */
  get pending(): number {
    let pending = 0;
    for (const client of this.#all) pending += client.pending;
    return pending;
  }

  /** Resolves once nothing is open. */
  empty(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }
}
