import { Deferred } from './promises.js';

/** How many bytes wait for the client before the app has to. */
const HIGH_WATER_MARK = 64 * 1024;

const encoder = new TextEncoder();

/** The body of a Fetch response that the app sends piece by piece. */
export class ResponseBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #writable: Deferred | undefined = undefined;

  /** `onCancel` is told when the client does not want the rest. */
  constructor(onCancel: (reason: unknown) => void) {
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#writable?.resolve();
          this.#writable = undefined;
        },
        cancel: onCancel,
      },
      { highWaterMark: HIGH_WATER_MARK, size: (chunk) => chunk.byteLength },
    );
  }

  /** Takes a piece; a promise when the app should wait until the client has taken more. */
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void> {
    // Runtimes that frame the body by its pieces would take an empty one for its end.
    if (bytes.byteLength > 0) this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 1) > 0) return;
    this.#writable ??= new Deferred();
    return this.#writable.promise;
  }

  close(): void {
    this.#controller.close();
  }

  /** The client must see that the response is not whole. */
  fail(error: unknown): void {
    this.#controller.error(error);
  }

  /** Nothing is taken any more: whoever waits to write hears so. */
  end(reason: Error): void {
    this.#writable?.reject(reason);
  }
}

/** Bytes as Fetch takes them: not over shared memory. */
export function plainBytes(body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return encoder.encode(body);
  if (body.buffer instanceof ArrayBuffer) return body as Uint8Array<ArrayBuffer>;
  return body.slice() as Uint8Array<ArrayBuffer>;
}
