import { HeaderList, Headers } from '@pullo/asgi';
import { Response } from '@pullo/response';
import { PipelineError } from './errors.js';

/**
 * What `next()` gives once a WebSocket session has ended: the 101 that opened it.
 *
 * It went out long ago, so it can be read, and writing to it has no effect: middleware that puts a header on every response runs on sessions too.
 */
export class SwitchingResponse extends Response {
  readonly #list: SentHeaders;

  constructor(headers: HeaderList) {
    super();
    this.#list = new SentHeaders(headers);
  }

  override get status(): number {
    return 101;
  }

  override set status(_status: number) {}

  override get statusText(): string {
    return 'Switching Protocols';
  }

  override get ok(): boolean {
    return false;
  }

  override get headers(): Response['headers'] {
    return Headers.of(this.#list);
  }

  override get headerList(): HeaderList {
    return this.#list;
  }

  override setCookie(): this {
    return this;
  }

  override deleteCookie(): this {
    return this;
  }

  override copy(): Response {
    return this;
  }

  override withContent(): Response {
    return this;
  }

  override toWeb(): never {
    throw new PipelineError(
      'The response of a WebSocket session that has ended has no form in Fetch, which has no status 101: look at ctx.kind before toWeb().',
    );
  }

  /** There is nothing to send any more. */
  protected override handle(): void {}
}

/** Fields that have been sent. */
class SentHeaders extends HeaderList {
  override append(): void {}
  override set(): void {}
  override delete(): void {}
}
