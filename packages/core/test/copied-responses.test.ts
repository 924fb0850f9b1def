import {
  EventStreamResponse,
  HTMLResponse,
  JSONResponse,
  Pullo,
  RedirectResponse,
  Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/core';
import { FileResponse } from '@pullo/response/file';
import { describeTransports } from '@pullo/testing/vitest';
import { expect, test } from 'vitest';

async function* events() {
  yield { event: 'greeting', data: 'hei' };
}

async function* pieces() {
  yield 'one,';
  yield 'two';
}

const file = new URL('./copied-responses.test.ts', import.meta.url);

/** Each class, made anew for each request; what the middleware writes to is a copy of it. */
const rows: readonly [name: string, make: () => Response, status: number, body: RegExp | string][] = [
  ['Response', () => new Response('plain'), 200, 'plain'],
  ['TextResponse', () => new TextResponse('text', { status: 201 }), 201, 'text'],
  ['HTMLResponse', () => new HTMLResponse('<p>'), 200, '<p>'],
  ['JSONResponse', () => new JSONResponse({ a: 1 }), 200, '{"a":1}'],
  ['RedirectResponse', () => new RedirectResponse('/there'), 307, ''],
  ['StreamingResponse', () => new StreamingResponse(pieces()), 200, 'one,two'],
  ['EventStreamResponse', () => new EventStreamResponse(events()), 200, /event: ?greeting\ndata: ?hei\n\n/],
  ['FileResponse', () => new FileResponse(file), 200, /^import \{/],
];

const app = new Pullo().use(async (_ctx, next) => {
  const response = await next();
  response.headers.set('x-seen', 'yes');
  return response;
});
for (const [name, make] of rows) app.route(`/${name}`, make);

describeTransports(app, (http) => {
  test.each(rows)(
    'a %s that a handler returns keeps its nature below a middleware',
    async (name, _make, status, body) => {
      const response = await http.get(`/${name}`);
      expect([response.status, response.headers.get('x-seen')]).toEqual([status, 'yes']);
      expect(await response.text()).toEqual(typeof body === 'string' ? body : expect.stringMatching(body));
    },
  );

  test('a range of a file is a range below a middleware too', async () => {
    const response = await http.get('/FileResponse', { headers: { range: 'bytes=0-5' } });
    expect([response.status, await response.text()]).toEqual([206, 'import']);
  });
});
