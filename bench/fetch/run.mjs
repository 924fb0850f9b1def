import { Hono } from 'hono';
import { Pullo } from '../../packages/core/dist/index.js';

// CPU time of one `fetch` in process, beside Hono's and the bare platform's: `node fetch/run.mjs`, or the same on Bun. On Node the
// answer is read as a host does, which has nothing but its members; the server of Bun looks into it.

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
/** As hosts hand it over. */
const withLength = { ...headers, 'content-length': String(text.length) };
const get = (path) => {
  const request = new globalThis.Request(`http://localhost${path}`, { headers });
  return () => request;
};
const cases = {
  'a text': get('/'),
  'JSON with a parameter': get('/users/42'),
  'a text, async': get('/later'),
  'an echo': () =>
    new globalThis.Request('http://localhost/echo', { method: 'POST', body: text, headers: withLength }),
};
const contenders = { Pullo: pullo, Hono: hono, 'new Response': bare };

const isRead = globalThis.Bun === undefined;
async function read(response) {
  const fields = [];
  for (const [name, value] of response.headers) fields.push(name, value);
  return [response.status, fields, await response.text()];
}

const ROUNDS = 15;
const BATCHES = 60;
const BATCH = 100;
for (const app of Object.values(contenders)) await (await app.fetch(cases['a text']())).text();
for (const [title, make] of Object.entries(cases)) {
  const rows = Object.entries(contenders).filter(([, app]) => app !== bare || title === 'a text');
  const times = new Map(rows.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, app] of rows) times.get(name).push(await measure(app, make));
  }
  const medians = Array.from(times, ([name, values]) => `${name} ${Math.round(median(values))} ns`);
  console.log(`${title}: ${medians.join(', ')}`);
}

/** Nanoseconds a request. The loop has its turn now and then: what Node's `Response` leaves to clean up would pile up otherwise. */
async function measure(app, make) {
  const begin = process.cpuUsage();
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let i = 0; i < BATCH; i++) {
      const answer = app.fetch(make());
      const response = answer instanceof Promise ? await answer : answer;
      if (isRead) await read(response);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1000) / (BATCHES * BATCH);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
