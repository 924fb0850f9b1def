import { createServer, type Server } from 'node:http';
import { Router } from '@pullo/router';

type Answer = (params: Readonly<Record<string, unknown>>) => string;

const router = new Router<Answer>();
router.add('GET', '/', () => `Try ${router.url('user', { id: 42 })}\n`);
router.add('GET', '/users/:id(int)', ({ id }) => `User number ${id}\n`, { name: 'user' });
router.add('GET', '/files/*rest', ({ rest }) => `The file ${rest}\n`);

/** A plain `node:http` server: the router knows nothing of it. */
export const server: Server = createServer((req, res) => {
  const [path = '/'] = (req.url ?? '/').split('?');
  const match = router.match(req.method ?? 'GET', path);
  if (match !== undefined) {
    res.end(match.value(match.params));
    return;
  }
  const allowed = router.allowed(path);
  if (allowed.length > 0) res.setHeader('allow', allowed.join(', '));
  res.statusCode = allowed.length > 0 ? 405 : 404;
  res.end();
});

if (process.argv[1] === import.meta.filename) {
  server.listen(Number(process.env.PORT ?? 8000), '127.0.0.1', () => console.log(server.address()));
}
