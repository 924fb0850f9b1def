// Deno.serve has no routes of its own.
import { MESSAGE, TEXT } from './shared.mjs';

async function plain(req) {
  const { pathname, searchParams } = new URL(req.url);
  if (pathname === '/') return new globalThis.Response(TEXT);
  if (pathname === '/json' && req.method === 'GET') return globalThis.Response.json(MESSAGE);
  if (pathname === '/json') return globalThis.Response.json(await req.json());
  return new globalThis.Response(`${pathname.slice('/id/'.length)} ${searchParams.get('name')}`, {
    headers: { 'x-powered-by': 'benchmark' },
  });
}

async function layers() {
  const run = async (next) => next();
  const response = await run(() => run(() => run(async () => new globalThis.Response(TEXT))));
  response.headers.set('x-layers', '3');
  return response;
}

const file = (path) => async () => {
  const source = await Deno.open(path);
  const { size } = await source.stat();
  return new globalThis.Response(source.readable, { headers: { 'content-length': String(size) } });
};

export default function start(name, path) {
  const handler = { plain, layers, file: file(path) }[name];
  return Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, handler).addr.port;
}
