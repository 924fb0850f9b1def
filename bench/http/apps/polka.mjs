import polka from 'polka';
import sirv from 'sirv';
import { routes } from '../routes.mjs';
import { bodyOf, layers, MESSAGE, TEXT } from './shared.mjs';

function send(res, type, body, headers = {}) {
  res.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  res.end(body);
}

const layer = async (_req, _res, next) => {
  layers.run += 1;
  next();
};

const TEXT_TYPE = 'text/plain; charset=utf-8';

const apps = {
  plain: (app) =>
    app
      .get('/', (_req, res) => send(res, TEXT_TYPE, TEXT))
      .get('/json', (_req, res) => send(res, 'application/json', JSON.stringify(MESSAGE)))
      .get('/id/:id', (req, res) => {
        send(res, TEXT_TYPE, `${req.params.id} ${req.query.name}`, { 'x-powered-by': 'benchmark' });
      })
      .post('/json', async (req, res) => {
        send(res, 'application/json', JSON.stringify(JSON.parse(await bodyOf(req))));
      }),
  layers: (app) =>
    app
      .use(async (_req, res, next) => {
        layers.run += 1;
        res.setHeader('x-layers', '3');
        next();
      })
      .use(layer)
      .use(layer)
      .get('/', (_req, res) => send(res, TEXT_TYPE, TEXT)),
  routes(app) {
    for (const { method, pattern } of routes) {
      app.add(method, pattern, (_req, res) => send(res, TEXT_TYPE, 'ok'));
    }
    return app;
  },
  files: (app, folder) => app.use(sirv(folder, { etag: true })),
};

export default function start(name, folder) {
  const app = apps[name](polka(), folder);
  return new Promise((resolve) => {
    app.listen(0, '127.0.0.1', () => resolve(app.server.address().port));
  });
}
