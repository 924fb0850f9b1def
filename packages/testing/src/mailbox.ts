/** What has arrived and waits to be taken; calls that wait get what comes in the order in which they were made. */
export class Mailbox<Item> {
  #items: Item[] = [];
  #takers: ((item: Item | undefined) => void)[] = [];
  #isClosed = false;

  put(item: Item): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  /** Nothing comes after this; what is there can still be taken. */
  close(): void {
    this.#isClosed = true;
    for (const taker of this.#takers) taker(undefined);
    this.#takers = [];
  }

  /** The next item; `undefined` if none comes in time, which is in milliseconds, or at all. */
  take(timeout: number): Promise<Item | undefined> {
    if (this.#items.length > 0 || this.#isClosed) return Promise.resolve(this.#items.shift());
    return new Promise((resolve) => {
      const taker = (item: Item | undefined): void => {
        clearTimeout(timer);
        resolve(item);
      };
      const timer = setTimeout(() => {
        this.#takers = this.#takers.filter((other) => other !== taker);
        resolve(undefined);
      }, timeout);
      this.#takers.push(taker);
    });
  }

  /** Whether an item is there, or comes in time. */
  async arrives(timeout: number): Promise<boolean> {
    const item = await this.take(timeout);
    if (item === undefined) return false;
    this.#items.unshift(item);
    return true;
  }
}
