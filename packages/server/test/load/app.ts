// What the load runs against: an answer of every kind. Errors that are meant to happen say `planned`.
import { fileURLToPath } from 'node:url';
import { Pullo } from '@pullo/core';
import { EventStreamResponse, Response, StreamingResponse } from '@pullo/response';
import { FileResponse } from '@pullo/response/file';

export const CHUNK = 'x'.repeat(4096);
export const CHUNKS = 40;
export const EVENTS = 10;
/** A file of some size that is there in any case. */
export const FILE = fileURLToPath(import.meta.resolve('undici'));

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function* chunks(): AsyncGenerator<string> {
  for (let i = 0; i < CHUNKS; i++) {
    if (i % 8 === 0) await pause(1);
    yield CHUNK;
  }
}

async function* events(): AsyncGenerator<{ id: string; data: string }> {
  for (let i = 0; i < EVENTS; i++) {
    await pause(5);
    yield { id: String(i), data: `event ${i}` };
  }
}

// biome-ignore lint/correctness/useYield: it fails before it has anything to give.
async function* failing(): AsyncGenerator<string> {
  throw new Error('planned, before the response');
}

async function* breaking(): AsyncGenerator<string> {
  yield CHUNK;
  await pause(5);
  throw new Error('planned, within the response');
}

const app = new Pullo()
  .get('/text', () => 'a text')
  .get('/json', () => ({ a: 1, list: [1, 2, 3] }))
  .get('/greet/:name', ({ params, request }) => `${params.name} ${request.query.get('x')}`)
  .post('/echo', async ({ request }) => ({ got: await request.json<unknown>() }) as { got: null })
  .post('/upload', async ({ request }) => {
    let bytes = 0;
    for await (const chunk of request.stream()) bytes += chunk.byteLength;
    return { bytes };
  })
  .post('/form', async ({ request }) => {
    const form = await request.formData();
    const file = form.get('file');
    return { note: String(form.get('note')), size: file instanceof File ? file.size : -1 };
  })
  .post('/unread', () => 'not read')
  .get('/stream', () => new StreamingResponse(chunks()))
  .get('/events', () => new EventStreamResponse(events()))
  .get('/file', () => new FileResponse(FILE))
  .get('/slow', async () => {
    await pause(100);
    return 'slow';
  })
  .get('/background', () => new Response('at once', { background: () => pause(50) }))
  .get('/error', () => {
    throw new Error('planned');
  })
  .get('/failing', () => new StreamingResponse(failing()))
  .get('/breaking', () => new StreamingResponse(breaking()))
  .websocket('/socket', async ({ accept }) => {
    const socket = await accept();
    for await (const message of socket) await socket.send(message);
  });

export default app;
