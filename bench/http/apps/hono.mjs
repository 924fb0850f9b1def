import { dirname, relative } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { MESSAGE, routes, TEXT } from './shared.mjs';

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
      await next();
      c.header('x-layers', '3');
    });
    app.use(async (_c, next) => next());
    app.use(async (_c, next) => next());
    app.get('/', (c) => c.text(TEXT));
  },
  routes(app) {
    for (const { method, pattern } of routes) app.on(method, pattern, (c) => c.text('found'));
  },
  file(app, path) {
    app.get('/*', serveStatic({ root: relative(process.cwd(), dirname(path)) }));
  },
};

export default function start(name, path) {
  const app = new Hono();
  apps[name](app, path);
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  });
}
