import { type App, UnsupportedScope } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { Response, TextResponse } from '@pullo/response';

/** A raw app: nothing but the contract. */
export const raw: App = (scope, _receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope);
  send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] });
  return send({ type: 'http.response.body', body: `You asked for ${scope.path}\n` });
};

/** A response is an app too: it answers every request with itself. */
export const maintenance = new TextResponse('Back in five minutes.\n', {
  status: 503,
  headers: { 'retry-after': '300' },
});

/** The two primitives over the contract, and an app that calls other apps. */
const app: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope);
  if (scope.path.startsWith('/raw')) return raw(scope, receive, send);
  if (scope.path === '/closed') return maintenance(scope, receive, send);

  await using request = new Request(scope, receive);
  const name = request.query.get('name') ?? ((await request.text()) || 'world');
  const response = new Response(`Hello ${name}!\n`);
  await response(scope, receive, send);
};

export default app;
