import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { bodyOf, layers as count, listen, MESSAGE, TEXT } from './shared.mjs';

const TEXT_TYPE = 'text/plain; charset=utf-8';

function send(res, type, body) {
  res.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

async function plain(req, res) {
  const { url, method } = req;
  if (url === '/') return send(res, TEXT_TYPE, TEXT);
  if (url === '/json' && method === 'GET') return send(res, 'application/json', JSON.stringify(MESSAGE));
  if (url === '/json') {
    return send(res, 'application/json', JSON.stringify(JSON.parse(await bodyOf(req))));
  }
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const body = `${pathname.slice('/id/'.length)} ${searchParams.get('name')}`;
  res.writeHead(200, {
    'content-type': TEXT_TYPE,
    'x-powered-by': 'benchmark',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}

async function layers(_req, res) {
  const layer = async (next) => {
    count.run += 1;
    return next();
  };
  await layer(() => layer(async () => layer(async () => {})));
  res.writeHead(200, { 'content-type': TEXT_TYPE, 'content-length': TEXT.length, 'x-layers': '3' });
  res.end(TEXT);
}

/** The least that there is to it: what a request needs to be told is known from the start. */
function files(folder) {
  const known = new Map(
    readdirSync(folder).map((name) => {
      const type = name.endsWith('.css') ? 'text/css' : 'application/octet-stream';
      return [`/${name}`, { 'content-type': type, 'content-length': statSync(join(folder, name)).size }];
    }),
  );
  return (req, res) => {
    const stream = createReadStream(join(folder, req.url));
    stream.once('open', () => {
      res.writeHead(200, known.get(req.url));
      stream.pipe(res);
    });
  };
}

export default (name, folder) => {
  const apps = { plain: () => plain, layers: () => layers, files: () => files(folder) };
  return listen(createServer(apps[name]()));
};
