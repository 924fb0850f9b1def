import { Pullo } from '@pullo/core';
import { fromFetch } from '@pullo/core/adapters';
import { describeTransports } from '@pullo/testing/vitest';
import { H3 } from 'h3';
import { Hono } from 'hono';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { cases } from './cases/from-fetch.js';

describe('fromFetch and toFetch', () => {
  test.each(cases)('$title', ({ run }) => run());
});

const hono = new Hono()
  .get('/hello/:name', (c) => c.text(`Hello ${c.req.param('name')}`))
  .post('/json', async (c) => c.json(await c.req.json()))
  .post('/echo', (c) => new globalThis.Response(c.req.raw.body));
const h3 = new H3()
  .get('/hello/:name', (event) => `Hello ${event.context.params?.name}`)
  .post('/json', (event) => event.req.json())
  .post('/echo', (event) => event.req.body);

describe.each([
  ['Hono', fromFetch(hono)],
  ['h3', fromFetch(h3)],
])('an app of %s', (_name, app) => {
  describeTransports(app, (http) => {
    test('is served as any app is', async () => {
      expect(await (await http.get('/hello/Aino')).text()).toBe('Hello Aino');
      expect(await (await http.post('/json', { json: { a: 1 } })).json()).toEqual({ a: 1 });
      expect((await http.get('/nowhere')).status).toBe(404);
      expect((await http.head('/hello/Aino')).status).toBe(200);
    });

    test('streams a large body both ways', async () => {
      const body = 'streams '.repeat(400_000);
      const response = await http.post('/echo', { body });
      expect((await response.text()) === body).toBe(true);
    });
  });
});

describeTransports(
  new Pullo()
    .use(async ({ route }, next) => {
      const response = await next();
      response.headers.set('x-pattern', route?.pattern ?? 'none');
      return response;
    })
    .mount('/hono', fromFetch(hono))
    .mount('/h3', fromFetch(h3)),
  (http) => {
    test.each(['/hono', '/h3'])(
      'an app of another framework is mounted at %s, below middleware',
      async (prefix) => {
        const response = await http.get(`${prefix}/hello/Aino`);
        expect(await response.text()).toBe('Hello Aino');
        expect(response.headers.has('x-pattern')).toBe(true);
        const body = 'streams '.repeat(50_000);
        expect((await (await http.post(`${prefix}/echo`, { body })).text()) === body).toBe(true);
        expect((await http.get(`${prefix}/nowhere`)).status).toBe(404);
      },
    );
  },
);

test('fetch has the type of a handler of Fetch', () => {
  expectTypeOf(new Pullo().fetch).toExtend<
    (
      request: globalThis.Request,
      env: object,
      context: object,
    ) => globalThis.Response | Promise<globalThis.Response>
  >();
  // @ts-expect-error: a function of something else is no handler
  fromFetch((text: string) => new globalThis.Response(text));
});
