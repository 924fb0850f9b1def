import { quote } from '@pullo/asgi/http';

/**
 * The body, or a piece of it, is larger than its limit: answer with 413.
 *
 * @example
 * ```ts
 * import { ContentTooLarge, type Request } from '@pullo/request';
 *
 * export async function title(request: Request): Promise<string> {
 *   try {
 *     return await request.text({ maxBytes: 200 });
 *   } catch (error) {
 *     if (error instanceof ContentTooLarge) return `too long by the limit ${error.limit} (${error.max})`;
 *     throw error;
 *   }
 * }
 * ```
 */
export class ContentTooLarge extends Error {
  override readonly name = 'ContentTooLarge';
  readonly code = 'ERR_CONTENT_TOO_LARGE';
  /** The HTTP status to answer with. */
  readonly status = 413;
  /** The message may be shown to the client. */
  readonly expose = true;
  /** The option that sets the limit, such as `maxBytes` or `maxFiles`. */
  readonly limit: string;
  /** The limit that was passed: bytes, or a count. */
  readonly max: number;

  constructor(message: string, limit: string, max: number) {
    super(message);
    this.limit = limit;
    this.max = max;
  }
}

/** The body's media type is not one that the reader takes: answer with 415. */
export class UnsupportedMediaType extends Error {
  override readonly name = 'UnsupportedMediaType';
  readonly code = 'ERR_UNSUPPORTED_MEDIA_TYPE';
  /** The HTTP status to answer with. */
  readonly status = 415;
  /** The message may be shown to the client. */
  readonly expose = true;

  constructor(contentType: string | null, expected: string) {
    super(
      contentType === null
        ? `The request has no Content-Type: send ${expected}.`
        : `Content-Type ${quote(contentType)} is not supported here: send ${expected}.`,
    );
  }
}

/** The body is not the JSON document that it should be: answer with 400. */
export class BadJSON extends Error {
  override readonly name = 'BadJSON';
  readonly code = 'ERR_BAD_JSON';
  /** The HTTP status to answer with. */
  readonly status = 400;
  /** The message may be shown to the client. */
  readonly expose = true;
}

/** The body is not the form that it should be: answer with 400. */
export class BadForm extends Error {
  override readonly name = 'BadForm';
  readonly code = 'ERR_BAD_FORM';
  /** The HTTP status to answer with. */
  readonly status = 400;
  /** The message may be shown to the client. */
  readonly expose = true;
}

/** More bytes of body arrived than `Content-Length` announced: answer with 400. */
export class BodyTooLong extends Error {
  override readonly name = 'BodyTooLong';
  readonly code = 'ERR_BODY_TOO_LONG';
  /** The HTTP status to answer with. */
  readonly status = 400;
  /** The message may be shown to the client. */
  readonly expose = true;

  constructor(announced: number, received: number) {
    super(`The body is longer than announced: Content-Length is ${announced}, ${received} bytes have come.`);
  }
}

/** A body that somebody streams cannot be read a second time: a mistake in the program, not in the request. */
export class BodyConsumed extends TypeError {
  override readonly name = 'BodyConsumed';
  readonly code = 'ERR_BODY_CONSUMED';

  constructor(reader: string) {
    super(
      `${reader} came too late: the body is being streamed, or has been, and is not kept. ` +
        'Read it once, or read it with bytes(), text() or json(), which keep it for every later reader.',
    );
  }
}
