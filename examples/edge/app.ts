// One app for Bun (`bun app.ts`), Deno (`deno serve app.ts`) and Workers (worker.capnp runs it on workerd).
import { Pullo } from '@pullo/core';
import { fromFetch } from '@pullo/core/adapters';

/** What a Worker is given by its configuration. */
interface Env {
  GREETING?: string;
}

const visits = new Map<string, number>();

/** Stands for a call to some service that counts. */
async function count(page: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  visits.set(page, (visits.get(page) ?? 0) + 1);
}

/** What is there already and speaks Fetch: a Hono app has this shape. */
const legacy = {
  fetch: (request: globalThis.Request) =>
    new globalThis.Response(`legacy ${new URL(request.url).pathname}\n`),
};

export const app = new Pullo()
  // The first thing that Workers hand over is the env; Bun and Deno hand over something of their own, where it has no greeting.
  .provide(({ platform: [env] }) => ({ env: (env ?? {}) as Env }))
  .get('/', ({ env }) => `${env.GREETING ?? 'Hello'} from the edge!\n`)
  .get('/pages/:page', ({ params, waitUntil }) => {
    waitUntil(count(params.page)); // the answer does not wait for it
    return `This is the page ${params.page}.\n`;
  })
  .get('/visits', () => Object.fromEntries(visits))
  .post('/upper', async function* ({ request }) {
    // Answers each piece as it comes: `curl --no-buffer -T - http://.../upper`.
    const decoder = new TextDecoder();
    for await (const piece of request.stream()) yield decoder.decode(piece, { stream: true }).toUpperCase();
  })
  .mount('/legacy', fromFetch(legacy));

export default { fetch: app.fetch };
