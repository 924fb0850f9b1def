import { basename, dirname } from 'node:path';
import staticFiles from '@fastify/static';
import fastify from 'fastify';
import { MESSAGE, routes, TEXT } from './shared.mjs';

const apps = {
  plain(app) {
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(TEXT));
    app.get('/json', (_request, reply) => reply.send(MESSAGE));
    app.get('/id/:id', (request, reply) =>
      reply.header('x-powered-by', 'benchmark').send(`${request.params.id} ${request.query.name}`),
    );
    app.post('/json', (request, reply) => reply.send(request.body));
  },
  layers(app) {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('x-layers', '3');
    });
    app.addHook('onRequest', async () => {});
    app.addHook('onRequest', async () => {});
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(TEXT));
  },
  routes(app) {
    for (const { method, pattern } of routes) {
      app.route({ method, url: pattern, handler: (_request, reply) => reply.send('found') });
    }
  },
  file(app, path) {
    app.register(staticFiles, { root: dirname(path), serve: false });
    app.get('/file.bin', (_request, reply) => reply.sendFile(basename(path)));
  },
};

export default async function start(name, path) {
  const app = fastify();
  apps[name](app, path);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}
