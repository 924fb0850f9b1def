import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { send } from '@koa/send';
import Koa from 'koa';
import { routes } from '../routes.mjs';
import { layers, listen, MESSAGE, TEXT } from './shared.mjs';

const layer = async (_ctx, next) => {
  layers.run += 1;
  return next();
};

const apps = {
  plain(app) {
    const router = new Router();
    router.get('/', (ctx) => {
      ctx.body = TEXT;
    });
    router.get('/json', (ctx) => {
      ctx.body = MESSAGE;
    });
    router.get('/id/:id', (ctx) => {
      ctx.set('x-powered-by', 'benchmark');
      ctx.body = `${ctx.params.id} ${ctx.query.name}`;
    });
    router.post('/json', bodyParser(), (ctx) => {
      ctx.body = ctx.request.body;
    });
    app.use(router.routes());
  },
  layers(app) {
    app.use(async (ctx, next) => {
      layers.run += 1;
      await next();
      ctx.set('x-layers', '3');
    });
    app.use(layer);
    app.use(layer);
    const router = new Router();
    router.get('/', (ctx) => {
      ctx.body = TEXT;
    });
    app.use(router.routes());
  },
  routes(app) {
    const router = new Router();
    for (const { method, pattern } of routes) {
      router.register(pattern, [method], (ctx) => {
        ctx.body = 'ok';
      });
    }
    app.use(router.routes());
  },
  files(app, folder) {
    app.use((ctx) => send(ctx, ctx.path, { root: folder }));
  },
};

export default function start(name, folder) {
  const app = new Koa();
  // It would log each answer that the end of a measurement cuts off.
  app.silent = true;
  apps[name](app, folder);
  return listen(createServer(app.callback()));
}
