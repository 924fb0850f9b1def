import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { node } from '@elysiajs/node';
import { Elysia } from 'elysia';
import { routes } from '../routes.mjs';
import { layers, listen, MESSAGE, TEXT } from './shared.mjs';

const layer = async () => {
  layers.run += 1;
};

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
        layers.run += 1;
        set.headers['x-layers'] = '3';
      })
      .onBeforeHandle(layer)
      .onBeforeHandle(layer)
      .get('/', () => TEXT),
  routes(app) {
    for (const { method, pattern } of routes) app.route(method, pattern, () => 'ok');
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

/** It calls back before it listens. */
function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

export default async function start(name) {
  const app = apps[name](new Elysia({ adapter: node() }));
  const port = await freePort();
  app.listen({ port, hostname: '127.0.0.1' });
  while (!(await isOpen(port))) await setTimeout(10);
  return port;
}
