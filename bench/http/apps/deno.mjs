// Deno.serve has no routes of its own.
import { layers as count, MESSAGE, TEXT } from './shared.mjs';

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
  const run = async (next) => {
    count.run += 1;
    return next();
  };
  const response = await run(() => run(() => run(async () => new globalThis.Response(TEXT))));
  response.headers.set('x-layers', '3');
  return response;
}

const files = (folder) => async (req) => {
  const { pathname } = new URL(req.url);
  const source = await Deno.open(folder + pathname);
  const { size } = await source.stat();
  const type = pathname.endsWith('.css') ? 'text/css' : 'application/octet-stream';
  const headers = { 'content-type': type, 'content-length': String(size) };
  return new globalThis.Response(source.readable, { headers });
};

export default function start(name, folder) {
  const handler = { plain, layers, files: files(folder) }[name];
  return Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, handler).addr.port;
}
