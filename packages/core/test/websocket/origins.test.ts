import { Pullo } from '@pullo/core';
import { client, WebSocketDenied } from '@pullo/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const lead = async ({ accept }: { accept: () => Promise<unknown> }) => void (await accept());
const app = new Pullo()
  .websocket('/own', lead)
  .websocket('/list', { origins: ['https://friend.example', 'app://desktop', 'null'] }, lead)
  .websocket('/all', { origins: '*' }, lead)
  .websocket('/rule', { origins: (origin) => origin.endsWith('.friend.example') }, lead)
  // @ts-expect-error a promise is no yes
  .websocket('/promise', { origins: async () => true }, lead);

async function opens(path: string, headers: Record<string, string>, baseURL = 'http://example.org') {
  await using http = client(app, { baseURL });
  const result = await http.websocket(path, { headers }).catch((error: unknown) => error);
  if (result instanceof WebSocketDenied) return result.response.status;
  return result instanceof Error ? result : true;
}

const rows: readonly [path: string, baseURL: string, origin: string | undefined, result: true | 403][] = [
  // no page at all, which no browser can pretend
  ['/own', 'http://example.org', undefined, true],
  // the app's own
  ['/own', 'http://example.org', 'http://example.org', true],
  ['/own', 'http://example.org:8000', 'http://example.org:8000', true],
  ['/own', 'https://example.org', 'https://example.org', true],
  // a proxy takes the TLS off, and may write the usual port
  ['/own', 'http://example.org', 'https://example.org', true],
  ['/own', 'http://example.org:443', 'https://example.org', true],
  ['/own', 'http://127.0.0.1:8000', 'http://127.0.0.1:8000', true],
  ['/own', 'http://[::1]:8000', 'http://[::1]:8000', true],
  // others
  ['/own', 'http://example.org', 'http://evil.example', 403],
  ['/own', 'http://example.org', 'http://sub.example.org', 403],
  ['/own', 'http://sub.example.org', 'http://example.org', 403],
  ['/own', 'http://example.org', 'http://example.org.evil.example', 403],
  ['/own', 'http://example.org', 'http://example.org:8000', 403],
  ['/own', 'http://example.org:8000', 'http://example.org', 403],
  ['/own', 'https://example.org', 'http://example.org', 403],
  ['/own', 'http://example.org', 'null', 403],
  ['/own', 'http://example.org', '', 403],
  ['/own', 'http://example.org', 'example.org', 403],
  ['/own', 'http://example.org', 'http://example.org/', 403],
  ['/own', 'http://example.org', 'http://evil.example@example.org', 403],
  ['/own', 'http://example.org', 'http://example.org, http://evil.example', 403],
  ['/own', 'http://example.org', 'ftp://example.org', 403],
  ['/own', 'http://example.org', 'chrome-extension://example.org', 403],
  // wider
  ['/list', 'http://example.org', 'https://friend.example', true],
  ['/list', 'http://example.org', 'http://example.org', true],
  ['/list', 'http://example.org', 'app://desktop', true],
  ['/list', 'http://example.org', 'null', true],
  ['/list', 'http://example.org', 'http://friend.example', 403],
  ['/list', 'http://example.org', 'https://evil.example', 403],
  ['/all', 'http://example.org', 'https://evil.example', true],
  ['/rule', 'http://example.org', 'https://a.friend.example', true],
  ['/rule', 'http://example.org', 'https://a.evil.example', 403],
  ['/promise', 'http://example.org', 'https://evil.example', 403],
];

test.each(rows)('%s of %s from a page of %s: %s', async (path, baseURL, origin, result) => {
  expect(await opens(path, origin === undefined ? {} : { origin }, baseURL)).toBe(result);
});

test('whatever the hosts are: a page of the own one may, and one of another may not', async () => {
  const host = fc
    .tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 }))
    .map(([name, port]) => `${name}:${port}`);
  await fc.assert(
    fc.asyncProperty(host, host, async (own, other) => {
      const base = new URL(`http://${own}`).origin;
      expect(await opens('/own', { origin: base }, base)).toBe(true);
      const foreign = new URL(`http://${other}`).origin;
      if (foreign !== base) expect(await opens('/own', { origin: foreign }, base)).toBe(403);
    }),
    { numRuns: 50 },
  );
});

test('two Origin fields are none of the allowed ones', async () => {
  await using http = client(app, { baseURL: 'http://example.org' });
  const headers: [string, string][] = [
    ['origin', 'http://example.org'],
    ['origin', 'http://evil.example'],
  ];
  await expect(http.websocket('/own', { headers })).rejects.toThrow('refused with 403');
});

test('the refusal is an error as any other: middleware sees it, and error handlers may answer it', async () => {
  const seen: unknown[] = [];
  const strict = new Pullo()
    .use(async (ctx, next) => {
      const { status } = await next();
      seen.push(status, String(ctx.error));
    })
    .websocket('/', lead);
  await using http = client(strict);
  await expect(http.websocket('/', { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
  expect(seen).toEqual([
    403,
    'HTTPError: 403 Forbidden: Pages of this origin may not open a WebSocket here.',
  ]);
});

test.each([
  ['https://example.org/', 'the text "https://example.org/"'],
  ['example.org', 'the text "example.org"'],
  ['https://Example.org', 'the text "https://Example.org"'],
  ['*', 'the text "*"'],
  [5, '5'],
])('%s in a list of origins is refused at registration', (origin, shown) => {
  expect(() => new Pullo().websocket('/', { origins: [origin as string] }, lead)).toThrow(
    `The WebSocket route "/" has among its origins ${shown}: write a scheme and a host as browsers send them`,
  );
});

test('origins that are neither a list, nor "*", nor a function are refused', () => {
  // @ts-expect-error a list has brackets
  expect(() => new Pullo().websocket('/', { origins: 'https://a.example' }, lead)).toThrow(
    `The origins of The WebSocket route "/" are a list, '*' or a function, not the text "https://a.example".`,
  );
});
