import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HeaderList, type HTTPScope, type Receive } from '@pullo/asgi';
import { fromFetch, useLightFetch } from '@pullo/asgi/fetch';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';

let restore = (): void => {};
afterEach(() => {
  restore();
  restore = () => {};
});

type Message = globalThis.Response | globalThis.Request;
/** Does something with a message, tells what is to be seen of it, and may add another to those there are. */
type Step = (message: Message, others: Message[]) => unknown;

const encoder = new TextEncoder();

/** A getter as code has it that took it from the prototype. */
function member(message: Message, name: string): unknown {
  const { prototype } = message instanceof globalThis.Response ? globalThis.Response : globalThis.Request;
  return Reflect.get(prototype, name, message);
}

const steps: Record<string, Step> = {
  text: (message) => message.text(),
  json: (message) => message.json(),
  bytes: async (message) => [...new Uint8Array(await message.arrayBuffer())],
  blob: async (message) => {
    const blob = await message.blob();
    return [blob.type, blob.size];
  },
  form: async (message) => [...(await message.formData())],
  state: ({ bodyUsed, body }) => [bodyUsed, body === null, body?.locked],
  used: ({ bodyUsed }) => bodyUsed,
  fields: ({ headers }) => [...headers],
  'a field': ({ headers }) => headers.get('X-A'),
  'set a field': ({ headers }) => headers.append('x-a', '2'),
  'set the type': ({ headers }) => headers.set('content-type', 'application/x-www-form-urlencoded'),
  'set a cookie': ({ headers }) => [headers.append('set-cookie', 'b=2'), headers.getSetCookie()],
  lock: ({ body }) => body?.getReader().constructor.name,
  'one piece': async ({ body }) => {
    const reader = body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    reader?.releaseLock();
    return value && [...value];
  },
  cancel: ({ body }) => body?.cancel().catch(() => {}) && undefined,
  split: ({ body }) => body?.tee().length,
  clone: (message, others) => others.push(message.clone()),
  'as init': (message, others) =>
    message instanceof globalThis.Response
      ? others.push(new globalThis.Response(message.body, message))
      : others.push(new globalThis.Request('http://a/b', message)),
  'as input': (message, others) =>
    message instanceof globalThis.Request && others.push(new globalThis.Request(message, { method: 'PUT' })),
  'text from the prototype': (message) => (member(message, 'text') as Message['text']).call(message),
  'clone from the prototype': (message, others) => {
    others.push((member(message, 'clone') as () => Message).call(message));
  },
  'fields from the prototype': (message) => [...(member(message, 'headers') as globalThis.Headers)],
  'used, from the prototype': (message) => member(message, 'bodyUsed'),
  'what it is': (message) => [
    Object.prototype.toString.call(message),
    message instanceof globalThis.Response,
    'status' in message ? [message.status, message.ok, message.type, message.url] : message.url,
  ],
};

const plan = fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(3)), {
  minLength: 1,
  maxLength: 8,
});

/** What is seen when the steps of a plan are taken, each with one of the messages that there are by then. */
async function follow(message: Message, taken: readonly (readonly [string, number])[]): Promise<unknown[]> {
  const messages = [message];
  const seen: unknown[] = [];
  for (const [name, which] of taken) {
    try {
      seen.push([name, await steps[name]?.(messages[which % messages.length] as Message, messages)]);
    } catch (error) {
      seen.push([name, (error as Error).name]);
    }
  }
  return seen;
}

type Content = [body: BodyInit | null, headers: [string, string][]];
const contents = fc.constantFrom<Content>(
  ['{"a":"ä"}', [['content-type', 'application/json']]],
  ['a=1&b=2', [['x-a', '1']]],
  ['', []],
  [null, []],
  [
    encoder.encode('[1]'),
    [
      ['set-cookie', 'a=1'],
      ['x-a', '1'],
    ],
  ],
);

/** A request as `fromFetch` hands it over, with a body in pieces. */
async function withRequest(
  pieces: readonly string[],
  use: (request: globalThis.Request) => unknown,
): Promise<unknown> {
  let value: unknown;
  const app = fromFetch(async (request) => {
    value = await use(request);
    return new globalThis.Response(null);
  });
  const left = pieces.map((piece) => encoder.encode(piece));
  const receive: Receive = async () => ({
    type: 'http.request',
    body: left.shift() ?? new Uint8Array(),
    moreBody: left.length > 0,
  });
  await app(scope, receive, () => {});
  return value;
}

const scope: HTTPScope = {
  type: 'http',
  asgi: { version: '3.0', specVersion: '2.5' },
  httpVersion: '1.1',
  method: 'POST',
  scheme: 'http',
  path: '/a',
  rawPath: '/a',
  queryString: '',
  rootPath: '',
  headers: new HeaderList([
    ['host', 'example.org'],
    ['x-a', '1'],
  ]),
  client: null,
  server: { host: '127.0.0.1', port: 80 },
  state: {},
  extensions: {},
  exchange: { signal: new AbortController().signal },
};

describe('whatever is done with it, in whatever order, is as with the platform', () => {
  test('of a response', async () => {
    const check = fc.asyncProperty(contents, plan, async ([body, headers], taken) => {
      const platform = await follow(new globalThis.Response(body, { headers }), taken);
      restore = useLightFetch();
      const light = await follow(
        new globalThis.Response(body, { headers: new globalThis.Headers(headers) }),
        taken,
      );
      restore();
      expect(light).toEqual(platform);
    });
    await fc.assert(check, { numRuns: 500 });
  });

  test('of a request', async () => {
    const bodies = fc.constantFrom(['{"a":', '1}'], ['a=1'], ['']);
    const check = fc.asyncProperty(bodies, plan, async (pieces, taken) => {
      const platform = await withRequest(pieces, (request) => follow(request, taken));
      restore = useLightFetch();
      const light = await withRequest(pieces, (request) => follow(request, taken));
      restore();
      expect(light).toEqual(platform);
    });
    await fc.assert(check, { numRuns: 500 });
  });
});

/** Names as a loop sees them. */
function namesOf(value: object): string[] {
  const names = [];
  for (const name in value) names.push(name);
  return names.sort();
}

test('its members are seen by a loop as those of the platform', async () => {
  const seen = async (): Promise<unknown> => [
    // Node 20 has no bytes().
    namesOf(new globalThis.Response('')).filter((name) => name !== 'bytes'),
    await withRequest([''], (request) => [namesOf(request), namesOf(request.headers)]),
  ];
  const platform = await seen();
  restore = useLightFetch();
  expect(await seen()).toEqual(platform);
});

test('members of the light classes take what the platform has made', async () => {
  const fetched = await fetch('data:text/plain,text');
  const { Request } = globalThis;
  restore = useLightFetch();
  expect(Reflect.get(globalThis.Response.prototype, 'status', fetched)).toBe(200);
  expect(await globalThis.Response.prototype.text.call(fetched)).toBe('text');
  expect(Reflect.get(globalThis.Request.prototype, 'url', new Request('http://a/'))).toBe('http://a/');
  await expect(globalThis.Response.prototype.text.call({} as globalThis.Response)).rejects.toThrow(TypeError);
});

test('a request and its fields name a class that makes another', async () => {
  restore = useLightFetch();
  const seen = await withRequest([''], ({ constructor: made, headers }) => {
    const RequestClass = made as typeof globalThis.Request;
    const HeadersClass = headers.constructor as typeof globalThis.Headers;
    const { url } = new RequestClass('http://a/');
    return [RequestClass.name, url, HeadersClass.name, [...new HeadersClass({ a: 'b' })]];
  });
  expect(seen).toEqual(['Request', 'http://a/', 'Headers', [['a', 'b']]]);
});

test('data is written as JSON once', () => {
  restore = useLightFetch();
  const toJSON = vi.fn(() => 1);
  globalThis.Response.json({ toJSON }, { headers: { 'x-a': '1' } });
  expect(toJSON).toHaveBeenCalledOnce();
});

test.each<[string, number, (response: globalThis.Response) => Promise<unknown>]>([
  ['text()', 0, (response) => response.text()],
  // The platform's keeps what it was made of.
  ['its stream', 1, ({ body }) => body?.pipeTo(new WritableStream()) ?? Promise.resolve()],
])('of a body that was read by %s, at most %i is kept', async (_how, copies, read) => {
  restore = useLightFetch();
  const size = 32 * 1024 * 1024;
  const before = await bytesInUse();
  const response = new globalThis.Response(new Uint8Array(size));
  await read(response);
  expect((await bytesInUse()) - before).toBeLessThan((copies + 0.5) * size);
  expect(response.bodyUsed).toBe(true);
});

/** The bytes of buffers that are still held by something. */
async function bytesInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let time = 0; time < 3; time++) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().arrayBuffers;
}

describe('the globals', () => {
  test('what somebody has put there says by itself what is one of its kind', () => {
    const { Request } = globalThis;
    class Patched extends Request {
      static override [Symbol.hasInstance](value: unknown): boolean {
        return value instanceof Request;
      }
    }
    globalThis.Request = Patched;
    const undo = useLightFetch();
    restore = () => {
      undo();
      globalThis.Request = Request;
    };
    expect(new Request('http://a/')).toBeInstanceOf(globalThis.Request);
  });

  test('what somebody else has put in their place stays when they come back', () => {
    const platform = globalThis.fetch;
    const undo = useLightFetch();
    restore = () => {
      globalThis.fetch = platform;
    };
    const patched = vi.fn();
    globalThis.fetch = patched;
    undo();
    expect(globalThis.fetch).toBe(patched);
  });

  test.each(['bun', 'deno'])('stay as they are on %s, whose server takes no others', (runtime) => {
    const { Response } = globalThis;
    const { versions } = process;
    Object.defineProperty(process, 'versions', {
      value: { ...versions, [runtime]: '1' },
      configurable: true,
    });
    restore = useLightFetch();
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
    expect(globalThis.Response).toBe(Response);
  });
});
