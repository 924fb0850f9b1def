import staticFiles from '@fastify/static';
import fastify from 'fastify';
import { routes } from '../routes.mjs';
import { layers, MESSAGE, TEXT } from './shared.mjs';

/** Its documentation recommends to say what is answered, from which it makes a serializer. */
const answers = (schema) => ({ schema: { response: { 200: schema } } });

const object = (properties) => ({ type: 'object', properties });
const MESSAGE_SCHEMA = object({ message: { type: 'string' } });
const ECHO_SCHEMA = object({
  id: { type: 'integer' },
  name: { type: 'string' },
  tags: { type: 'array', items: { type: 'string' } },
  nested: object({ on: { type: 'boolean' }, ratio: { type: 'number' } }),
});

const layer = async () => {
  layers.run += 1;
};

const apps = {
  plain(app) {
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(TEXT));
    app.get('/json', answers(MESSAGE_SCHEMA), (_request, reply) => reply.send(MESSAGE));
    app.get('/id/:id', (request, reply) =>
      reply.header('x-powered-by', 'benchmark').send(`${request.params.id} ${request.query.name}`),
    );
    app.post('/json', answers(ECHO_SCHEMA), (request, reply) => reply.send(request.body));
  },
  layers(app) {
    app.addHook('onRequest', async (_request, reply) => {
      layers.run += 1;
      reply.header('x-layers', '3');
    });
    app.addHook('onRequest', layer);
    app.addHook('onRequest', layer);
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(TEXT));
  },
  routes(app) {
    for (const { method, pattern } of routes) {
      app.route({ method, url: pattern, handler: (_request, reply) => reply.send('ok') });
    }
  },
  files(app, folder) {
    app.register(staticFiles, { root: folder });
  },
};

export default async function start(name, folder) {
  const app = fastify();
  apps[name](app, folder);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}
