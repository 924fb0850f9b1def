import {
  type App,
  ClientDisconnected,
  type HTTPScope,
  type LifespanScope,
  type ReceiveEvent,
  type Scope,
  type Send,
  type SendEvent,
  type WebSocketScope,
} from '@pullo/asgi';

const encoder = new TextEncoder();

export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A scope as a correct server makes it, with `changes`, which may well be wrong. */
export function httpScope(changes: Readonly<Record<string, unknown>> = {}): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method: 'GET',
    scheme: 'http',
    path: '/',
    rawPath: '/',
    queryString: '',
    rootPath: '',
    headers: [['host', 'example.org']],
    client: { host: '127.0.0.1', port: 54321 },
    server: { host: '127.0.0.1', port: 8000 },
    state: {},
    extensions: {},
    exchange: { signal: new AbortController().signal },
    ...changes,
  };
}

export function websocketScope(changes: Readonly<Record<string, unknown>> = {}): WebSocketScope {
  const { method, ...rest } = httpScope();
  return { ...rest, type: 'websocket', scheme: 'ws', subprotocols: [], ...changes };
}

export function lifespanScope(changes: Readonly<Record<string, unknown>> = {}): LifespanScope {
  return { type: 'lifespan', asgi: { version: '3.0', specVersion: '2.0' }, state: {}, ...changes };
}

/** What a scripted server did with an app. */
export interface Played {
  /** The events that reached the server, in order. */
  readonly sent: SendEvent[];
  /** What the call of the app threw or rejected with. */
  readonly error: unknown;
  /** Whether it handed back a promise. */
  readonly isAsync: boolean;
}

export interface Script {
  readonly scope?: Scope;
  /** What `receive` gives, one after the other; after the last, the disconnect of the scope's type, every time. */
  readonly events?: readonly unknown[];
  /** What the server does with an event. Default: it takes it and returns nothing. */
  readonly send?: Send;
}

/** Calls an app as a server does that follows a script. */
export async function play(
  app: App,
  { scope = httpScope(), events = [], send }: Script = {},
): Promise<Played> {
  const sent: SendEvent[] = [];
  const queue = [...events];
  const last = scope?.type === 'websocket' ? CLOSED : { type: 'http.disconnect' };
  const receive = async () => (queue.length > 0 ? queue.shift() : last) as ReceiveEvent;
  const take: Send = (event) => {
    sent.push(event);
    return send?.(event);
  };
  let isAsync = false;
  try {
    const result = app(scope, receive, take);
    isAsync = result instanceof Promise;
    await result;
  } catch (error) {
    return { sent, error, isAsync };
  }
  return { sent, error: undefined, isAsync };
}

const CLOSED = { type: 'websocket.disconnect', code: 1005, reason: '' };

/** A server that must be waited for, as one is whose socket is full. */
export const slow: Send = () => new Promise((resolve) => setTimeout(resolve, 1));
/** A server whose client has left. */
export const gone: Send = () => {
  const rejection = Promise.reject(new ClientDisconnected());
  rejection.catch(() => {});
  return rejection;
};

export function* pairs(): Generator<readonly [string, string]> {
  yield ['Vary', 'Accept'];
  yield ['vary', 'Origin'];
}

export function sends(...events: readonly Parameters<Send>[0][]): App {
  return (_scope, _receive, send) => {
    for (const event of events) send(event);
  };
}
