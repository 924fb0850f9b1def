// The packages of this repository are not dependencies of this folder: they are taken from where they are built.
import { dirname } from 'node:path';
import { MESSAGE, routes, TEXT } from './shared.mjs';

const load = (path) => import(new URL(`../../../packages/${path}`, import.meta.url));
const { Pullo, TextResponse } = await load('core/dist/index.js');
const { serve } = await load('server/dist/index.js');

const apps = {
  plain: () =>
    new Pullo()
      .get('/', () => TEXT)
      .get('/json', () => MESSAGE)
      .get(
        '/id/:id',
        ({ params, request }) =>
          new TextResponse(`${params.id} ${request.query.get('name')}`, {
            headers: { 'x-powered-by': 'benchmark' },
          }),
      )
      .post('/json', ({ request }) => request.json()),
  layers: () =>
    new Pullo()
      .use(async (_ctx, next) => {
        const response = await next();
        response.headers.set('x-layers', '3');
        return response;
      })
      .use(async (_ctx, next) => next())
      .use(async (_ctx, next) => next())
      .get('/', () => TEXT),
  routes() {
    const app = new Pullo();
    for (const { method, pattern } of routes) app.route(pattern, { methods: [method] }, () => 'found');
    return app;
  },
  async file(file) {
    const { staticFiles } = await load('response/dist/file/index.js');
    return staticFiles(dirname(file));
  },
};

export default async function start(name, file) {
  const app = await apps[name](file);
  const server = await serve(app, { port: 0, accessLog: false, logLevel: 'warning', lifespan: 'off' });
  return server.port;
}
