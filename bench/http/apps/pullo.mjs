// The packages of this repository are not dependencies of this folder: they are taken from where they are built.
import { routes } from '../routes.mjs';
import { layers, MESSAGE, TEXT } from './shared.mjs';

const load = (path) => import(new URL(`../../../packages/${path}`, import.meta.url));
const { Pullo, TextResponse } = await load('core/dist/index.js');
const { serve } = await load('server/dist/index.js');

const layer = async (_ctx, next) => {
  layers.run += 1;
  return next();
};

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
        layers.run += 1;
        const response = await next();
        response.headers.set('x-layers', '3');
        return response;
      })
      .use(layer)
      .use(layer)
      .get('/', () => TEXT),
  routes() {
    const app = new Pullo();
    for (const { method, pattern } of routes) app.route(pattern, { methods: [method] }, () => 'ok');
    return app;
  },
  async files(folder) {
    const { staticFiles } = await load('response/dist/file/index.js');
    return staticFiles(folder);
  },
};

export default async function start(name, folder) {
  const app = await apps[name](folder);
  const server = await serve(app, { port: 0, accessLog: false, logLevel: 'warning', lifespan: 'off' });
  return server.port;
}
