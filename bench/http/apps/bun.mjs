import { basename } from 'node:path';
import { MESSAGE, routes, TEXT } from './shared.mjs';

const apps = {
  plain: () => ({
    '/': () => new globalThis.Response(TEXT),
    '/id/:id': (req) => {
      const name = new URL(req.url).searchParams.get('name');
      return new globalThis.Response(`${req.params.id} ${name}`, {
        headers: { 'x-powered-by': 'benchmark' },
      });
    },
    '/json': {
      GET: () => globalThis.Response.json(MESSAGE),
      POST: async (req) => globalThis.Response.json(await req.json()),
    },
  }),
  async layers() {
    const run = async (next) => next();
    const handle = async () => new globalThis.Response(TEXT);
    return {
      '/': async () => {
        const response = await run(() => run(() => run(handle)));
        response.headers.set('x-layers', '3');
        return response;
      },
    };
  },
  routes() {
    const table = {};
    for (const { method, pattern } of routes) {
      table[pattern] ??= {};
      table[pattern][method] = () => new globalThis.Response('found');
    }
    return table;
  },
  file: (path) => ({ [`/${basename(path)}`]: () => new globalThis.Response(Bun.file(path)) }),
};

export default async function start(name, path) {
  return Bun.serve({ port: 0, hostname: '127.0.0.1', routes: await apps[name](path) }).port;
}
