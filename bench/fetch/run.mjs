import { Hono } from 'hono';
import { Pullo } from '../../packages/core/dist/index.js';

/** Nanoseconds of one `fetch` in process, beside Hono's and the bare platform's: `node fetch/run.mjs`, or the same on Bun or Deno. */

const text = 'Hello world!';
const pullo = new Pullo()
  .get('/', () => text)
  .get('/users/:id', ({ params }) => ({ id: params.id }))
  .get('/later', async () => text)
  .post('/echo', async ({ request }) => request.text());
const hono = new Hono();
hono.get('/', (c) => c.text(text));
hono.get('/users/:id', (c) => c.json({ id: c.req.param('id') }));
hono.get('/later', async (c) => c.text(text));
hono.post('/echo', async (c) => c.text(await c.req.text()));
const head = { headers: { 'content-type': 'text/plain; charset=utf-8' } };
const bare = { fetch: () => new globalThis.Response(text, head) };

const headers = { accept: '*/*', 'user-agent': 'bench', 'accept-encoding': 'gzip, br', host: 'localhost' };
const get = (path) => {
  const request = new globalThis.Request(`http://localhost${path}`, { headers });
  return () => request;
};
const cases = {
  'a text': get('/'),
  'JSON with a parameter': get('/users/42'),
  'a text, async': get('/later'),
  'an echo': () => new globalThis.Request('http://localhost/echo', { method: 'POST', body: text, headers }),
};
const contenders = { Pullo: pullo, Hono: hono, 'new Response': bare };

const ROUNDS = 15;
const MILLISECONDS = 60;
for (const app of Object.values(contenders)) await (await app.fetch(cases['a text']())).text();
for (const [title, make] of Object.entries(cases)) {
  const results = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, app] of Object.entries(contenders)) {
      if (app === bare && title !== 'a text') continue;
      results.get(name).push(await measure(app, make));
    }
  }
  const medians = Array.from(results, ([name, times]) => [name, median(times)]).filter(
    ([, time]) => time > 0,
  );
  console.log(`${title}: ${medians.map(([name, time]) => `${name} ${Math.round(time)} ns`).join(', ')}`);
}

/** Gives the loop its turn now and then: what Node's `Response` leaves to clean up would pile up otherwise. */
async function measure(app, make) {
  const end = performance.now() + MILLISECONDS;
  let count = 0;
  let spent = 0;
  while (performance.now() < end) {
    const start = performance.now();
    for (let i = 0; i < 100; i++) {
      const response = app.fetch(make());
      if (response instanceof Promise) await response;
    }
    spent += performance.now() - start;
    count += 100;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return (spent * 1e6) / count;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
