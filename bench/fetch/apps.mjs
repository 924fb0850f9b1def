// The same apps on two servers each: ours, and the one they are made for. `start(NAME)` gives the port.
import { createServer } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import express from 'express';
import { Hono } from 'hono';
import Koa from 'koa';
import { listen, MESSAGE, TEXT } from '../http/apps/shared.mjs';

const load = (path) => import(new URL(`../../packages/${path}`, import.meta.url));

function hono() {
  const app = new Hono();
  app.get('/', (c) => c.text(TEXT));
  app.get('/json', (c) => c.json(MESSAGE));
  app.post('/json', async (c) => c.json(await c.req.json()));
  return app;
}

function expressApp() {
  const app = express();
  app.get('/', (_req, res) => {
    res.type('text/plain').send(TEXT);
  });
  app.get('/json', (_req, res) => {
    res.json(MESSAGE);
  });
  app.post('/json', express.json(), (req, res) => {
    res.json(req.body);
  });
  return app;
}

function koa() {
  const router = new Router();
  router.get('/', (ctx) => {
    ctx.body = TEXT;
  });
  router.get('/json', (ctx) => {
    ctx.body = MESSAGE;
  });
  router.post('/json', (ctx) => {
    ctx.body = ctx.request.body;
  });
  const app = new Koa();
  app.use(bodyParser()).use(router.routes());
  return app.callback();
}

async function onPullo(app, options) {
  const { serve } = await load('server/dist/index.js');
  const server = await serve(app, {
    port: 0,
    accessLog: false,
    logLevel: 'warning',
    lifespan: 'off',
    ...options,
  });
  return server.port;
}

async function onNodeServer(app) {
  const { serve } = await import('@hono/node-server');
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  });
}

const starts = {
  'hono @hono/node-server': () => onNodeServer(hono()),
  'hono pullo': () => onPullo(hono(), { interface: 'fetch' }),
  'hono pullo, lightFetch': () => onPullo(hono(), { interface: 'fetch', lightFetch: true }),
  'express node:http': () => listen(createServer(expressApp())),
  'express pullo': () => onPullo(expressApp(), { interface: 'node' }),
  'koa node:http': () => listen(createServer(koa())),
  'koa pullo': () => onPullo(koa(), { interface: 'node' }),
};

export default (name) => starts[name]();
