import type { HeaderPairs } from '@pullo/asgi';

/**
 * The fields of a Fetch request as a scope carries them, read when somebody asks: copying those of an ordinary request
 * costs more than all the rest of its scope.
 */
export class WebHeaders implements Iterable<readonly [name: string, value: string]> {
  readonly #headers: globalThis.Headers;
  readonly #host: string;
  #pairs: (readonly [string, string])[] | undefined = undefined;

  /** `host` stands in for a field that runtimes leave out of a request that was made, not received. */
  constructor(headers: globalThis.Headers, host: string) {
    this.#headers = headers;
    this.#host = host;
  }

  /** One field, without reading the others. */
  get(name: string): string | null {
    return this.#headers.get(name) ?? (name === 'host' ? this.#host : null);
  }

  [Symbol.iterator](): ReturnType<HeaderPairs[typeof Symbol.iterator]> {
    this.#pairs ??= this.#read();
    return this.#pairs.values();
  }

  #read(): (readonly [string, string])[] {
    const pairs: (readonly [string, string])[] = [...this.#headers];
    if (!this.#headers.has('host')) pairs.unshift(['host', this.#host]);
    return pairs;
  }
}
