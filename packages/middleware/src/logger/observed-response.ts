import { type Content, type CookieOptions, type Receive, Response, type Scope, type Send } from '@pullo/core';
import type { Delivery } from './delivery.js';

/**
 * A response that is another one, watched while it is sent.
 *
 * Wrapping the content would be simpler and wrong: a file answers with ranges, 304 and the server's own way of sending only while it is
 * the content, a stream of events ends with the server only while it is, and what a layer above makes of the content would not be counted.
 */
export class ObservedResponse extends Response {
  readonly #inner: Response;
  readonly #delivery: Delivery;

  constructor(inner: Response, delivery: Delivery) {
    super();
    this.#inner = inner;
    this.#delivery = delivery;
    this.background = inner.background;
  }

  override get status(): number {
    return this.#inner.status;
  }

  override set status(status: number) {
    this.#inner.status = status;
  }

  override get statusText(): string {
    return this.#inner.statusText;
  }

  override get ok(): boolean {
    return this.#inner.ok;
  }

  override get headers(): Response['headers'] {
    return this.#inner.headers;
  }

  override get headerList(): Response['headerList'] {
    return this.#inner.headerList;
  }

  override get content(): Response['content'] {
    return this.#inner.content;
  }

  override setCookie(name: string, value: string, options?: CookieOptions): this {
    this.#inner.setCookie(name, value, options);
    return this;
  }

  override deleteCookie(name: string, options?: CookieOptions): this {
    this.#inner.deleteCookie(name, options);
    return this;
  }

  override copy(): Response {
    return this.#around(this.#inner.copy());
  }

  override withContent(content: Content): Response {
    return this.#around(this.#inner.withContent(content));
  }

  override async cancel(reason?: unknown): Promise<void> {
    this.#delivery.discard(this.status, reason);
    await this.#inner.cancel(reason);
  }

  override toWeb(): globalThis.Response {
    const web = this.#inner.toWeb();
    this.#delivery.begin(web.status);
    if (web.body !== null) return new globalThis.Response(observed(web.body, this.#delivery), web);
    this.#delivery.end();
    return web;
  }

  protected override handle(scope: Scope, receive: Receive, send: Send): void | Promise<void> {
    const inner = this.#inner;
    const delivery = this.#delivery;
    inner.background = this.background;
    try {
      const sent = inner(scope, receive, delivery.watching(send));
      if (sent === undefined) return delivery.end();
      return sent.then(
        () => delivery.end(),
        (error) => {
          delivery.cut(error);
          throw error;
        },
      );
    } catch (error) {
      delivery.cut(error);
      throw error;
    }
  }

  #around(inner: Response): Response {
    const copy = new ObservedResponse(inner, this.#delivery);
    copy.background = this.background;
    return copy;
  }
}

/** The same body, watched; nothing is read ahead. */
function observed(body: ReadableStream<Uint8Array>, delivery: Delivery): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            delivery.count(value);
            controller.enqueue(value);
            return;
          }
          delivery.end();
          controller.close();
        } catch (error) {
          delivery.cut(error);
          throw error;
        }
      },
      cancel(reason) {
        delivery.cut(reason);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
