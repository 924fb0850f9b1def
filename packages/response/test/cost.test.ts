import { createHook } from 'node:async_hooks';
import { HeaderList, type HTTPScope, type Send, type SendEvent } from '@pullo/asgi';
import { JSONResponse, Response, TextResponse } from '@pullo/response';
import { expect, test } from 'vitest';
import { httpScope, noReceive } from './cases/exchange.ts';

const COUNTED = ['URL', 'Headers', 'AbortController', 'Response', 'TextEncoder', 'ReadableStream'] as const;

/** How many objects of the platform, and promises, a synchronous run makes. */
function countAllocations(run: () => void): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(COUNTED.map((name) => [name, 0]));
  const originals = COUNTED.map((name) => [name, Reflect.get(globalThis, name)] as const);
  for (const [name, original] of originals) {
    const counting = new Proxy(original, {
      construct: (target, args, newTarget) => {
        counts[name] = (counts[name] ?? 0) + 1;
        return Reflect.construct(target, args, newTarget);
      },
    });
    Reflect.set(globalThis, name, counting);
  }
  let promises = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') promises++;
    },
  });
  hook.enable();
  try {
    run();
  } finally {
    hook.disable();
    for (const [name, original] of originals) Reflect.set(globalThis, name, original);
  }
  return { ...counts, promises };
}

/** A scope whose exchange may not be looked at. */
function plainScope(method: string): HTTPScope {
  const scope = httpScope({ method });
  Object.defineProperty(scope, 'exchange', {
    enumerable: true,
    get: () => {
      throw new Error('A plain response has no use for the signal');
    },
  });
  return scope;
}

const nothing = { ...Object.fromEntries(COUNTED.map((name) => [name, 0])), promises: 0 };

test('the count sees what it counts', () => {
  const counts = countAllocations(() => {
    new URL('http://a');
    new AbortController();
    void Promise.resolve();
  });
  expect(counts).toEqual({ ...nothing, URL: 1, AbortController: 1, promises: expect.any(Number) });
  expect(counts.promises).toBeGreaterThan(0);
});

test.each<[title: string, make: () => Response]>([
  ['a TextResponse', () => new TextResponse('Hello world!')],
  ['a TextResponse beyond ASCII', () => new TextResponse('Hallå €')],
  ['a JSONResponse', () => new JSONResponse({ a: 1 })],
  ['bytes', () => new Response(new Uint8Array(3))],
  ['a 204', () => new Response(null, { status: 204 })],
  ['headers and a cookie', () => new TextResponse('a', { headers: { 'x-a': '1' } }).setCookie('a', 'b')],
])('%s is made and sent without a URL, Headers, controller or promise', (_title, make) => {
  for (const method of ['GET', 'HEAD']) {
    const scope = plainScope(method);
    const events: SendEvent[] = [];
    const send: Send = (event) => {
      events.push(event);
    };
    const counts = countAllocations(() => make()(scope, noReceive, send));
    expect(counts).toEqual(nothing);
    expect(events.length).toBe(2);
  }
});

test('the view of the headers is not made by sending: the list itself is sent', () => {
  const sent: unknown[] = [];
  new TextResponse('a')(plainScope('GET'), noReceive, (event) => {
    if (event.type === 'http.response.start') sent.push(event.headers);
  });
  expect(sent[0]).toBeInstanceOf(HeaderList);
});
