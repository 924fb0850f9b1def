import { createHook } from 'node:async_hooks';
import type { HTTPScope } from '@pullo/asgi';
import { HTTPError, JSONResponse, type Middleware, Pullo, TextResponse } from '@pullo/core';
import { expect, test } from 'vitest';

const user: Middleware<{ user: string }> = (_ctx, next) => next({ user: 'Aino' });
const constant = new TextResponse('constant');

const app = new Pullo()
  .use((_ctx, next) => next())
  .use(function looks(ctx, next) {
    void next();
    return ctx.error === undefined ? undefined : new TextResponse('seen', { status: 400 });
  })
  .provide(() => ({ word: 'sync' }))
  .get('/', ({ word }) => word)
  .get('/json/:id(int)', ({ params, request }) => ({ id: params.id, host: request.headers.get('host') }))
  .get('/constant', constant)
  .get('/response', () => new JSONResponse({ a: 1 }, { status: 201 }))
  .get('/route', user, ({ user }) => user)
  .get('/error', (): string => {
    throw new HTTPError(409);
  })
  .onError(409, (error) => ({ status: 'taken', message: String(error) }))
  .group('/group', (group) => {
    group.use((_ctx, next) => next()).get('/', () => null);
  })
  .post('/', async () => 'async');

const rows: readonly [request: string, status: number][] = [
  ['GET /', 200],
  ['HEAD /', 200],
  ['GET /json/7', 200],
  ['GET /constant', 200],
  ['GET /response', 201],
  ['GET /route', 200],
  ['GET /error', 400],
  ['GET /group', 204],
  ['GET /group/nothing', 400],
  ['GET /nothing', 400],
  ['DELETE /', 400],
  ['OPTIONS /', 204],
  ['GET /constant/', 308],
];

function call(line: string): { status: number | undefined; promises: number; result: unknown } {
  const [method = '', path = ''] = line.split(' ');
  const scope: HTTPScope = {
    ...{ type: 'http', asgi: { version: '3.0', specVersion: '2.5' }, httpVersion: '1.1', method },
    ...{
      scheme: 'http',
      path,
      rawPath: path,
      queryString: '',
      rootPath: '',
      headers: [['host', 'a.example']],
    },
    ...{ client: null, server: null, state: {}, extensions: {} },
    exchange: { signal: new AbortController().signal },
  };
  let status: number | undefined;
  let promises = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') promises++;
    },
  });
  const receive = (): never => {
    throw new Error('Nothing is read.');
  };
  hook.enable();
  const result = app(scope, receive, (event) => {
    if (event.type === 'http.response.start') status = event.status;
  });
  hook.disable();
  return { status, promises, result };
}

test.each(rows)('%s makes no promise, from the call of the app to its return', (line, status) => {
  expect(call(line)).toEqual({ status, promises: 0, result: undefined });
});

test('a handler that is async does make some: they are counted', async () => {
  const { promises, result } = call('POST /');
  expect(promises).toBeGreaterThan(0);
  await result;
});
