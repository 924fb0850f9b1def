import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { bodyOf, listen, MESSAGE, TEXT } from './shared.mjs';

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
  const layer = async (next) => next();
  await layer(() => layer(async () => layer(async () => {})));
  res.writeHead(200, { 'content-type': TEXT_TYPE, 'content-length': TEXT.length, 'x-layers': '3' });
  res.end(TEXT);
}

const file = (path) => (_req, res) => {
  const stream = createReadStream(path);
  stream.once('open', () => {
    res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 14 * 1024 * 1024 });
    stream.pipe(res);
  });
};

export default (name, path) => listen(createServer({ plain, layers, file: file(path) }[name]));
