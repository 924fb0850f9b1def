import { readdirSync } from 'node:fs';
import { routes } from '../routes.mjs';
import { layers, MESSAGE, TEXT } from './shared.mjs';

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
    const run = async (next) => {
      layers.run += 1;
      return next();
    };
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
      table[pattern][method] = () => new globalThis.Response('ok');
    }
    return table;
  },
  // A response as the route itself: Bun then does ranges and conditional requests.
  files: (folder) =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [`/${name}`, new globalThis.Response(Bun.file(`${folder}/${name}`))]),
    ),
};

export default async function start(name, folder) {
  return Bun.serve({ port: 0, hostname: '127.0.0.1', routes: await apps[name](folder) }).port;
}
