// What the apps have in common, so that each does the same work.
export const TEXT = 'Hello, World!';
export const MESSAGE = { message: TEXT };

/** How often a middleware has run: each of the three counts itself, so that one that does not run is seen. */
export const layers = { run: 0 };

/** Listens on a free port of loopback with a server of node:http's kind. */
export function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

/** The whole body of a request of node:http as text, for those that bring no parser. */
export function bodyOf(req) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => resolve(Buffer.concat(chunks).toString()));
    req.on('error', reject);
  });
}
