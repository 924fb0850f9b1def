import { type App, type HTTPScope, type Receive, type Send, UnsupportedScope, validate } from '@pullo/asgi';
import { type FetchApp, toFetch } from '@pullo/core/adapters';

/** An app of HTTP alone. */
export type HTTPApp = (scope: HTTPScope, receive: Receive, send: Send) => void | Promise<void>;

/** A raw app behind `fetch`, and what came to `onUnhandled`. */
export interface Hosted extends FetchApp {
  readonly errors: unknown[];
}

/** Hosts a raw app that may break the contract. */
export function host(app: HTTPApp): Hosted {
  return hostApp((scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    return app(scope, receive, send);
  });
}

/** Hosts a raw app that keeps the contract, and sees to it that the host does so too. */
export function hostValid(app: HTTPApp): Hosted {
  return hostApp(
    validate((scope, receive, send) => {
      if (scope.type !== 'http') throw new UnsupportedScope(scope);
      return app(scope, receive, send);
    }),
  );
}

export function hostApp(app: App): Hosted {
  const errors: unknown[] = [];
  return { ...toFetch(app, { onUnhandled: (error) => errors.push(error) }), errors };
}

export function get(path = '/', init?: RequestInit): globalThis.Request {
  return new globalThis.Request(`http://test.example${path}`, init);
}

/** A request whose body comes when it is pushed. */
export function pushed(path = '/', init?: RequestInit) {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
  });
  const streaming: RequestInit & { duplex: 'half' } = { method: 'POST', ...init, body, duplex: 'half' };
  return {
    request: new globalThis.Request(`http://test.example${path}`, streaming),
    push: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
    cut: (error: unknown) => controller.error(error),
  };
}

/** The code of an error, or its message where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}

/** What a promise rejects with, as `codeOf`; `undefined` if it is fulfilled. */
export async function rejectionCode(promise: unknown): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    return codeOf(error);
  }
}

/** Lets everything have its turn that waits for nothing but its turn. */
export function turn(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

export function readerOf(response: globalThis.Response): ReadableStreamDefaultReader<Uint8Array> {
  if (response.body === null) throw new Error('The response has no body');
  return response.body.getReader();
}
