import { readFileSync } from 'node:fs';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import supertest from 'supertest';
import { request } from 'undici';

// The packages of this repository are not dependencies of this folder: they are taken from where they are built.
const load = (name) => import(new URL(`../../packages/${name}/dist/index.js`, import.meta.url));
const { Pullo } = await load('core');
const { AppDispatcher, client } = await load('testing');
const { Request } = await load('request');
const { JSONResponse } = await load('response');

/** Names and versions of the peers, as installed. */
export const versions = ['fastify', 'hono', 'supertest', 'express', 'undici'].map((name) => {
  const { version } = JSON.parse(
    readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  );
  return `${name} ${version}`;
});

/**
 * Each serves `GET /users/42` and `POST /users` and is asked for both through its own way of testing. `get` and `post` give the status, a field
 * and the parsed body, read from the response object as a test would.
 */
export const contenders = {
  'Pullo, `client(app)` on a raw app': () => {
    const http = client(async (scope, receive, send) => {
      if (scope.type !== 'http') throw new Error(`no ${scope.type}`);
      const request = new Request(scope, receive);
      const body = scope.method === 'POST' ? await request.json() : { id: 42 };
      await new JSONResponse(body)(scope, receive, send);
    });
    return pullo(http);
  },
  'Pullo, `client(app)`': () => pullo(client(pulloApp())),
  'Pullo, `request` of undici on `AppDispatcher`': () => {
    const dispatcher = new AppDispatcher(pulloApp());
    const read = async ({ statusCode, headers, body }) => [
      statusCode,
      headers['content-type'],
      await body.json(),
    ];
    return {
      get: async () => read(await request('http://testserver/users/42', { dispatcher })),
      post: async (value) =>
        read(
          await request('http://testserver/users', {
            dispatcher,
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(value),
          }),
        ),
      close: () => dispatcher.close(),
    };
  },
  'Fastify, `inject` (light-my-request)': () => {
    const app = fastify();
    app.get('/users/:id', (request) => ({ id: Number(request.params.id) }));
    app.post('/users', (request) => request.body);
    const read = (response) => [response.statusCode, response.headers['content-type'], response.json()];
    return {
      get: async () => read(await app.inject('/users/42')),
      post: async (value) => read(await app.inject({ method: 'POST', url: '/users', payload: value })),
      close: () => app.close(),
    };
  },
  'Hono, `app.request`': () => {
    const app = new Hono();
    app.get('/users/:id', (c) => c.json({ id: Number(c.req.param('id')) }));
    app.post('/users', async (c) => c.json(await c.req.json()));
    return fetchLike((path, init) => app.request(path, init));
  },
  'Express, `supertest`': () => {
    const app = express();
    app.get('/users/:id', (req, res) => void res.json({ id: Number(req.params.id) }));
    app.post('/users', express.json(), (req, res) => void res.json(req.body));
    const read = (response) => [response.status, response.headers['content-type'], response.body];
    return {
      get: async () => read(await supertest(app).get('/users/42')),
      post: async (value) => read(await supertest(app).post('/users').send(value)),
      close: () => {},
    };
  },
};

function pulloApp() {
  return new Pullo()
    .get('/users/:id(int)', ({ params }) => ({ id: params.id }))
    .post('/users', ({ request }) => request.json());
}

function pullo(http) {
  const read = async (response) => [
    response.status,
    response.headers.get('content-type'),
    await response.json(),
  ];
  return {
    get: async () => read(await http.get('/users/42')),
    post: async (value) => read(await http.post('/users', { json: value })),
    close: () => http.close(),
  };
}

function fetchLike(send) {
  const read = async (response) => [
    response.status,
    response.headers.get('content-type'),
    await response.json(),
  ];
  const headers = { 'content-type': 'application/json' };
  return {
    get: async () => read(await send('/users/42')),
    post: async (value) =>
      read(await send('/users', { method: 'POST', headers, body: JSON.stringify(value) })),
    close: () => {},
  };
}
