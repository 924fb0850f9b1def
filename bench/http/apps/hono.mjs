import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { routes } from '../routes.mjs';
import { layers, MESSAGE, TEXT } from './shared.mjs';

const layer = async (_c, next) => {
  layers.run += 1;
  await next();
};

const apps = {
  plain(app) {
    app.get('/', (c) => c.text(TEXT));
    app.get('/json', (c) => c.json(MESSAGE));
    app.get('/id/:id', (c) => {
      c.header('x-powered-by', 'benchmark');
      return c.text(`${c.req.param('id')} ${c.req.query('name')}`);
    });
    app.post('/json', async (c) => c.json(await c.req.json()));
  },
  layers(app) {
    app.use(async (c, next) => {
      layers.run += 1;
      await next();
      c.header('x-layers', '3');
    });
    app.use(layer);
    app.use(layer);
    app.get('/', (c) => c.text(TEXT));
  },
  routes(app) {
    for (const { method, pattern } of routes) app.on(method, pattern, (c) => c.text('ok'));
  },
  files(app, folder) {
    app.use(serveStatic({ root: folder }));
  },
};

export default function start(name, folder) {
  const app = new Hono();
  apps[name](app, folder);
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  });
}
