import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { getQuery, H3, serve, serveStatic } from 'h3';
import { MESSAGE, routes, TEXT } from './shared.mjs';

const apps = {
  plain(app) {
    app.get('/', () => TEXT);
    app.get('/json', () => MESSAGE);
    app.get('/id/:id', (event) => {
      event.res.headers.set('x-powered-by', 'benchmark');
      return `${event.context.params.id} ${getQuery(event).name}`;
    });
    app.post('/json', (event) => event.req.json());
  },
  layers(app) {
    app.use(async (event, next) => {
      const body = await next();
      event.res.headers.set('x-layers', '3');
      return body;
    });
    app.use(async (_event, next) => next());
    app.use(async (_event, next) => next());
    app.get('/', () => TEXT);
  },
  routes(app) {
    for (const { method, pattern } of routes) app.on(method, pattern.replace('*', '**'), () => 'found');
  },
  file(app, path) {
    app.get('/file.bin', (event) =>
      serveStatic(event, {
        getMeta: async () => {
          const { size, mtimeMs } = await stat(path);
          return { size, mtime: mtimeMs };
        },
        getContents: () => Readable.toWeb(createReadStream(path)),
      }),
    );
  },
};

export default async function start(name, path) {
  const app = new H3();
  apps[name](app, path);
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true });
  await server.ready();
  return Number(new URL(server.url).port);
}
