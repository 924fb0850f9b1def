import { createServer } from 'node:http';
import { basename, dirname } from 'node:path';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { send } from '@koa/send';
import Koa from 'koa';
import { listen, MESSAGE, routes, TEXT } from './shared.mjs';

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
      await next();
      ctx.set('x-layers', '3');
    });
    app.use(async (_ctx, next) => next());
    app.use(async (_ctx, next) => next());
    const router = new Router();
    router.get('/', (ctx) => {
      ctx.body = TEXT;
    });
    app.use(router.routes());
  },
  routes(app) {
    const router = new Router();
    for (const { method, pattern } of routes) {
      router.register(pattern.replace('*', '*rest'), [method], (ctx) => {
        ctx.body = 'found';
      });
    }
    app.use(router.routes());
  },
  file(app, path) {
    app.use((ctx) => send(ctx, basename(path), { root: dirname(path) }));
  },
};

export default function start(name, path) {
  const app = new Koa();
  apps[name](app, path);
  return listen(createServer(app.callback()));
}
