import {
  type App,
  type HTTPScope,
  type LifespanScope,
  type Scope,
  type SendEvent,
  validate,
  type WebSocketScope,
} from '@pullo/asgi';

export function httpScope(overrides: Partial<HTTPScope> = {}): HTTPScope {
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
    headers: [],
    client: null,
    server: null,
    state: {},
    extensions: {},
    exchange: new AbortController(),
    ...overrides,
  };
}

export function webSocketScope(extensions: WebSocketScope['extensions']): WebSocketScope {
  const { method, ...rest } = httpScope({ extensions });
  return { ...rest, type: 'websocket', scheme: 'ws', subprotocols: [] };
}

export const lifespanScope: LifespanScope = {
  type: 'lifespan',
  asgi: { version: '3.0', specVersion: '2.0' },
  state: {},
};

/** What a server was sent, put together. */
export interface Answer {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  events: SendEvent[];
}

/** Calls an app as a server that takes everything at once, holding it to the contract; resolves when the app is done. */
export function answerOf(app: App, scope: Scope = httpScope()): Promise<Answer> {
  return looseAnswerOf(validate(app), scope);
}

/** The same for a scope that no server of ours would give. */
export async function looseAnswerOf(app: App, scope: Scope): Promise<Answer> {
  const events: SendEvent[] = [];
  await app(scope, noReceive, (event) => {
    events.push(event);
  });
  return { ...headOf(events), body: bodyOf(events), events };
}

/** An app that calls this reads a request that it has no business with. */
export function noReceive(): never {
  throw new Error('A response must not receive');
}

export function headOf(events: readonly SendEvent[]): Pick<Answer, 'status' | 'headers'> {
  for (const event of events) {
    if (event.type === 'http.response.start' || event.type === 'websocket.http.response.start') {
      return {
        status: event.status,
        headers: [...(event.headers ?? [])].map(([name, value]) => [name, value]),
      };
    }
  }
  return { status: 0, headers: [] };
}

function bodyOf(events: readonly SendEvent[]): string {
  const decoder = new TextDecoder();
  return events
    .map((event) => ('body' in event ? event.body : undefined))
    .map((body) => (typeof body === 'string' || body === undefined ? body : decoder.decode(body)))
    .join('');
}

export function headersOf(answer: Answer): Record<string, string> {
  return Object.fromEntries(answer.headers);
}

/** The types of what was sent, in order. */
export function typesOf(events: readonly SendEvent[]): string[] {
  return events.map((event) => event.type.replace('http.response.', ''));
}
