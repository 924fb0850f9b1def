import { HTTPError, type Middleware, Pullo, Response } from '@pullo/core';

/** What the checks look at afterwards: requests that end, and work that goes on after them. */
const seen: string[] = [];

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const stamped: Middleware<{ stamp: string }> = async (_ctx, next) => {
  const response = await next({ stamp: 'stamped' });
  response.headers.set('x-status', String(response.status));
  return response;
};

/** The app that every host of fetch runs, to be asked over a real socket. */
export const app = new Pullo({
  async *lifespan() {
    console.log('lifespan started');
    await sleep(20);
    yield { starts: 1 };
    console.log('lifespan stopped');
  },
  onUnhandled: (error) => console.log(`unhandled ${error instanceof Error ? error.message : error}`),
  request: { maxBytes: 1000 },
})
  .use(stamped)
  .get('/', ({ state }) => `Hej! ${state.starts}`)
  .get('/items/:id(int)', ({ params, request, stamp }) => ({
    id: params.id,
    q: request.query.get('q'),
    stamp,
    url: request.url.pathname,
  }))
  .get('/headers', ({ request }) => [...request.headers])
  .get('/client', ({ request }) => ({ host: request.client?.host ?? null }))
  .get('/platform', ({ platform }) => platform.map((part) => nameOf(part)))
  .get('/cookies', () => new Response('x').setCookie('a', '1').setCookie('b', '2'))
  .get('/teapot', () => {
    throw new HTTPError(418, { detail: 'short and stout' });
  })
  .get('/broken', (): string => {
    throw new Error('broken before');
  })
  .get('/half', async function* () {
    yield 'half';
    await sleep(50);
    throw new Error('broken amid');
  })
  .get('/slowly', async function* () {
    yield 'first ';
    await sleep(100);
    yield 'second';
  })
  .get('/for-ever', async function* () {
    try {
      for (;;) {
        yield new Uint8Array(1024);
        await sleep(5);
      }
    } finally {
      seen.push('stream stopped');
    }
  })
  .get('/later', ({ waitUntil }) => {
    waitUntil(sleep(50).then(() => seen.push('background done')));
    return 'now';
  })
  .get('/seen', () => seen)
  .post('/json', ({ request }) => request.json())
  .post('/form', async ({ request }) => {
    const form = await request.formData();
    const file = form.get('file');
    return { name: form.get('name'), file: file instanceof File ? await file.text() : null };
  })
  .post('/echo', ({ request }) => request.stream())
  .post('/ignored', () => 'not read');

/** What a host hands over, by what it is known by. */
function nameOf(part: unknown): string {
  if (typeof part !== 'object' || part === null) return typeof part;
  for (const key of ['requestIP', 'remoteAddr', 'waitUntil', 'GREETING']) {
    if (key in part) return key;
  }
  return 'object';
}
