import { createRequire } from 'node:module';
import { composeMiddleware } from 'h3';
import koaCompose from 'koa-compose';
import { ErrorScope } from '../../packages/core/dist/error-scope.js';
import { compose, handlerChain, middlewareLayer } from '../../packages/core/dist/pipeline.js';
import { Run } from '../../packages/core/dist/run.js';
import { TextResponse } from '../../packages/response/dist/index.js';
import { compose as honoCompose } from '../node_modules/hono/dist/compose.js';

/**
 * The same work for each: middleware that calls what is below it and hands its response on, around a handler that makes a response. What a call
 * gets is made for it, as for each request: a context of Pullo's; for the peers an object with the fields that their compose reads, so
 * that nothing but the pipeline is measured.
 */
export const contenders = {
  Pullo: {
    make(count, kind) {
      const errors = new ErrorScope();
      const middleware =
        kind === 'sync' ? () => (_ctx, next) => next() : () => async (_ctx, next) => await next();
      const handler = kind === 'sync' ? () => 'hei' : async () => 'hei';
      const layers = Array.from({ length: count }, () => middlewareLayer(middleware(), errors));
      const chain = compose(layers, handlerChain(handler, errors, 'The handler'));
      const application = {};
      const scope = { type: 'http', state: {} };
      const receive = async () => ({ type: 'http.disconnect' });
      const params = {};
      return () => chain(new Run(application, scope, receive, undefined, params, chain));
    },
  },
  h3: {
    make(count, kind) {
      const middleware =
        kind === 'sync' ? () => (_event, next) => next() : () => async (_event, next) => await next();
      const handler = kind === 'sync' ? () => new TextResponse('hei') : async () => new TextResponse('hei');
      const chain = composeMiddleware(Array.from({ length: count }, middleware));
      return () => chain({ context: {} }, handler);
    },
  },
  Hono: {
    make(count) {
      const middleware = () => async (_ctx, next) => {
        await next();
      };
      const handler = async () => new TextResponse('hei');
      const layers = [...Array.from({ length: count }, middleware), handler];
      const run = honoCompose(layers.map((layer) => [[layer]]));
      return async () => (await run(new HonoContext())).res;
    },
  },
  'koa-compose': {
    make(count) {
      const middleware = () => async (_ctx, next) => {
        await next();
      };
      const handler = async (ctx) => {
        ctx.body = new TextResponse('hei');
      };
      const run = koaCompose([...Array.from({ length: count }, middleware), handler]);
      return async () => {
        const ctx = { body: undefined };
        await run(ctx);
        return ctx.body;
      };
    },
  },
};

const require = createRequire(import.meta.url);

export const versions = ['h3', 'hono', 'koa-compose'].map(
  (name) => `${name} ${require(`../node_modules/${name}/package.json`).version}`,
);

/** What Hono's compose reads and writes of a context. */
class HonoContext {
  req = { routeIndex: 0 };
  finalized = false;
  #res;

  get res() {
    return this.#res;
  }

  set res(response) {
    this.#res = response;
    this.finalized = true;
  }
}
