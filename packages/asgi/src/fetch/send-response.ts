import type { Send } from '../app.js';
import type { HTTPResponseStartEvent } from '../events.js';
import { HeaderList } from '../header-list.js';
import { withoutTransport } from '../http/without-transport.js';
import type { HTTPScope } from '../scope.js';
import { plainResponse } from './light-response.js';

type Read = ReadableStreamReadResult<Uint8Array>;

/**
 * Sends Fetch's response. A body that is there at once goes out whole; of any other the next piece is read when the server has
 * taken the last. A client that leaves cancels the body.
 */
export function sendResponse(
  response: globalThis.Response,
  scope: Pick<HTTPScope, 'method' | 'exchange'>,
  send: Send,
): void | Promise<void> {
  const plain = scope.method === 'HEAD' ? undefined : plainResponse(response);
  if (plain === undefined) return sendStream(response, scope, send);
  const { status, headers, body } = plain;
  send({ type: 'http.response.start', status, headers });
  return send(body === null ? { type: 'http.response.body' } : { type: 'http.response.body', body });
}

async function sendStream(
  response: globalThis.Response,
  { method, exchange }: Pick<HTTPScope, 'method' | 'exchange'>,
  send: Send,
): Promise<void> {
  const start: HTTPResponseStartEvent = {
    type: 'http.response.start',
    status: response.status,
    headers: headersOf(response),
  };
  if (method === 'HEAD') return sendHead(start, response.body, send);
  if (response.body === null) {
    send(start);
    await send({ type: 'http.response.body' });
    return;
  }
  const reader = response.body.getReader();
  try {
    const first = await reader.read();
    if (first.done) {
      send(start);
      await send({ type: 'http.response.body' });
      return;
    }
    const next = reader.read();
    if (await isEndAtOnce(next)) {
      send(start);
      await send({ type: 'http.response.body', body: first.value });
      return;
    }
    await send(start);
    await sendPieces(first.value, next, reader, exchange.signal, send);
  } catch (error) {
    // What the body says to that matters less.
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** Nobody has counted the body, which may be left out already: the first piece is not the last, so that no length of it is told. */
async function sendHead(
  start: HTTPResponseStartEvent,
  body: ReadableStream | null,
  send: Send,
): Promise<void> {
  body?.cancel().catch(() => {});
  send(start);
  send({ type: 'http.response.body', moreBody: true });
  await send({ type: 'http.response.body' });
}

async function sendPieces(
  first: Uint8Array,
  second: Promise<Read>,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
  send: Send,
): Promise<void> {
  // A body that has nothing to say is not to be waited for once the client has left. A server that is stopping still takes all of it.
  const onAbort = (): void => {
    if (signal.reason?.code !== 'ERR_SERVER_SHUTDOWN') reader.cancel(signal.reason).catch(() => {});
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    await send({ type: 'http.response.body', body: first, moreBody: true });
    for (let read = await second; !read.done; read = await reader.read()) {
      const taken = send({ type: 'http.response.body', body: read.value, moreBody: true });
      if (taken !== undefined) await taken;
    }
    await send({ type: 'http.response.body' });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** After how many turns of the microtask queue a body takes its time: on Node that of a text has ended by then. */
const TURNS = 4;

/** Whether a body has ended, as that of a text has when its one piece is read: told without waiting for what takes its time. */
async function isEndAtOnce(read: Promise<Read>): Promise<boolean> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  read.then(settle, settle);
  for (let turn = 0; turn < TURNS && !isSettled; turn++) await undefined;
  return isSettled && (await read).done;
}

/** Fetch has checked the fields. Only a response that came over the network has a URL. */
function headersOf(response: globalThis.Response): HeaderList {
  const flat: string[] = [];
  for (const [name, value] of response.headers) flat.push(name, value);
  const headers = HeaderList.raw(flat);
  return response.url === '' ? headers : withoutTransport(headers);
}
