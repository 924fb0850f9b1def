import type { Request } from '@pullo/core';

/**
 * Where browsers see the app: what it is configured with, as `https://notes.example.org`, or what a request says. It has to be
 * configured behind a proxy that ends TLS, unless the server has been told to trust that proxy.
 */
export class Site {
  readonly #origin: string | undefined;

  /** Throws for what is no origin. */
  constructor(origin?: string) {
    if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).origin !== origin)) {
      throw new TypeError(
        `An origin is such as https://notes.example.org, without a path, not ${JSON.stringify(origin)}.`,
      );
    }
    this.#origin = origin;
  }

  originOf(request: Request): string {
    return this.#origin ?? request.url.origin;
  }

  isSecure(request: Request): boolean {
    return this.originOf(request).startsWith('https:');
  }
}
