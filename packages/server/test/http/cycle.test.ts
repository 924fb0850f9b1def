import type { BodyChunk, HTTPScope, SendEvent } from '@pullo/asgi';
import { HeaderList } from '@pullo/asgi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HTTPCycle } from '../../src/http/cycle.ts';
import { Service } from '../../src/http/service.ts';
import type { Transport } from '../../src/http/transport.ts';
import { settle } from '../../src/options.ts';
import { MemoryLogger } from '../support/serving.ts';

/** A transport without a wire, that keeps what the cycle asks of it. */
class PaperTransport implements Transport {
  readonly calls: string[] = [];
  sent = 0;
  announced: number | null = null;

  readonly takesTrailers = true;

  closeAfter(): void {}

  inform(status: number): void {
    this.calls.push(`inform ${status}`);
  }

  respond(status: number, headers: string[], _body: BodyChunk, size: number): void {
    this.calls.push(`respond ${status}`);
    this.#note(headers);
    this.sent += size;
  }

  start(status: number, headers: string[]): void {
    this.calls.push(`start ${status}`);
    this.#note(headers);
  }

  write(_body: BodyChunk, size: number): boolean {
    this.calls.push('write');
    this.sent += size;
    return true;
  }

  lend(bytes: Uint8Array, taken: () => void): void {
    this.write(bytes, bytes.byteLength);
    taken();
  }

  finish(): void {
    this.calls.push('finish');
  }

  whenWritable(): void {}

  refuse(status: number): void {
    this.calls.push(`refuse ${status}`);
  }

  cut(): void {
    this.calls.push('cut');
  }

  readBody(): null {
    return null;
  }

  readonly isBodyRead = true;

  whenReadable(): void {}

  #note(headers: string[]): void {
    const at = headers.indexOf('content-length');
    if (at !== -1) this.announced = Number(headers[at + 1]);
  }
}

function scope(cycle: HTTPCycle, method: string): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method,
    scheme: 'http',
    path: '/',
    rawPath: '/',
    queryString: '',
    rootPath: '',
    headers: new HeaderList(),
    client: null,
    server: null,
    state: {},
    extensions: {},
    exchange: cycle.exchange,
  };
}

const length = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
const start = fc
  .record({ status: fc.constantFrom(200, 204, 205, 304, 404, 99), length, trailers: fc.boolean() })
  .map(
    ({ status, length, trailers }): SendEvent => ({
      type: 'http.response.start',
      status,
      trailers,
      headers: length === undefined ? [] : [['content-length', String(length)]],
    }),
  );
const body = fc
  .record({ body: fc.constantFrom('', 'a', 'ä', 'abc'), moreBody: fc.boolean() })
  .map((fields): SendEvent => ({ type: 'http.response.body', ...fields }));
const trailers = fc
  .record({ name: fc.constantFrom('x-sum', 'host', 'no token'), moreTrailers: fc.boolean() })
  .map(
    ({ name, moreTrailers }): SendEvent => ({
      type: 'http.response.trailers',
      headers: [[name, '1']],
      moreTrailers,
    }),
  );
const hint = fc
  .constantFrom('</a>; rel=preload', 'nonsense')
  .map((link): SendEvent => ({ type: 'http.response.early_hint', links: [link] }));
const wrong = fc.constant({ type: 'nonsense' } as unknown as SendEvent);
/** Mostly what apps do, and everything that they should not. */
const events = fc.oneof(
  fc.tuple(start, fc.array(body, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
  fc
    .tuple(start, fc.option(hint), fc.array(body, { maxLength: 4 }), fc.array(trailers, { maxLength: 2 }))
    .map(([first, link, bodies, rest]) => [first, ...(link === null ? [] : [link]), ...bodies, ...rest]),
  fc.array(fc.oneof(start, body, trailers, hint, wrong), { maxLength: 6 }),
);

/** What may be asked of a transport in one exchange. */
const ORDERLY = /^(inform 103,)*(respond \d+|refuse \d+|cut|start \d+,(write,)*(write|finish|cut))$/;

describe('a cycle', () => {
  it('asks of its transport what makes one response, whatever the app sends', () => {
    fc.assert(
      fc.property(events, fc.constantFrom('GET', 'HEAD'), fc.boolean(), (sent, method, fails) => {
        const transport = new PaperTransport();
        const service = new Service(
          (_scope, _receive, send) => {
            for (const event of sent) void send(event);
            if (fails) throw new Error('the app fails');
          },
          {},
          settle({}),
          new MemoryLogger(),
        );
        const cycle = new HTTPCycle(service, transport, method);
        cycle.run(scope(cycle, method));
        cycle.disconnected();
        cycle.shutDown();
        expect(transport.calls.join(',')).toMatch(ORDERLY);
        const isWhole = /^(inform 103,)*(respond|start.*finish$)/.test(transport.calls.join(','));
        const isBodiless = method === 'HEAD' || / (20[45]|304)/.test(transport.calls.join(' '));
        if (isWhole && !isBodiless && transport.announced !== null) {
          expect(transport.sent).toBe(transport.announced);
        }
        if (isBodiless) expect(transport.sent).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('asks for nothing once the client has left', () => {
    fc.assert(
      fc.property(events, (sent) => {
        const transport = new PaperTransport();
        let left = 0;
        const service = new Service(
          (_scope, _receive, send) => {
            cycle.disconnected();
            left = transport.calls.length;
            for (const event of sent) void send(event);
          },
          {},
          settle({}),
          new MemoryLogger(),
        );
        const cycle = new HTTPCycle(service, transport, 'GET');
        cycle.run(scope(cycle, 'GET'));
        expect(transport.calls).toHaveLength(left);
        expect(cycle.exchange.signal.aborted).toBe(true);
      }),
    );
  });
});
