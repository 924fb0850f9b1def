import { createServer } from 'node:net';
import { node } from '@elysiajs/node';
import { Elysia } from 'elysia';
import { listen, MESSAGE, routes, TEXT } from './shared.mjs';

const apps = {
  plain: (app) =>
    app
      .get('/', () => TEXT)
      .get('/json', () => MESSAGE)
      .get('/id/:id', ({ params, query, set }) => {
        set.headers['x-powered-by'] = 'benchmark';
        return `${params.id} ${query.name}`;
      })
      .post('/json', ({ body }) => body),
  layers: (app) =>
    app
      .onBeforeHandle(async ({ set }) => {
        set.headers['x-layers'] = '3';
      })
      .onBeforeHandle(async () => {})
      .onBeforeHandle(async () => {})
      .get('/', () => TEXT),
  routes(app) {
    for (const { method, pattern } of routes) app.route(method, pattern, () => 'found');
    return app;
  },
};

/** Its adapter does not tell which port it got for 0. */
async function freePort() {
  const server = createServer();
  const port = await listen(server);
  server.close();
  return port;
}

export default async function start(name) {
  const app = apps[name](new Elysia({ adapter: node() }));
  const port = await freePort();
  await new Promise((resolve) => {
    app.listen({ port, hostname: '127.0.0.1' }, resolve);
  });
  return port;
}
