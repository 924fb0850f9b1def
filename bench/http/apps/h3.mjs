import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { getQuery, H3, serve, serveStatic } from 'h3';
import { routes } from '../routes.mjs';
import { layers, MESSAGE, TEXT } from './shared.mjs';

const layer = async (_event, next) => {
  layers.run += 1;
  return next();
};

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
      layers.run += 1;
      const body = await next();
      event.res.headers.set('x-layers', '3');
      return body;
    });
    app.use(layer);
    app.use(layer);
    app.get('/', () => TEXT);
  },
  routes(app) {
    for (const { method, pattern } of routes) app.on(method, pattern, () => 'ok');
  },
  // As its documentation does it, but that a large file is not read whole.
  files(app, folder) {
    app.use((event) =>
      serveStatic(event, {
        getMeta: async (id) => {
          const stats = await stat(join(folder, id)).catch(() => undefined);
          return stats?.isFile() ? { size: stats.size, mtime: stats.mtimeMs } : undefined;
        },
        getContents: (id) =>
          id.endsWith('.bin')
            ? Readable.toWeb(createReadStream(join(folder, id)))
            : readFile(join(folder, id)),
      }),
    );
  },
};

export default async function start(name, folder) {
  const app = new H3();
  apps[name](app, folder);
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true });
  await server.ready();
  return Number(new URL(server.url).port);
}
