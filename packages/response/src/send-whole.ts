import type { HTTPResponseStartEvent, Send } from '@pullo/asgi';

/**
 * Sends a head and all of its content.
 *
 * A server takes the head at once and returns nothing. A promise comes from middleware that wraps `send`: what it does first takes
 * time, and if it fails nobody else sees that.
 */
export function sendWhole(
  start: HTTPResponseStartEvent,
  body: string | Uint8Array,
  send: Send,
): void | Promise<void> {
  const started = send(start);
  return started === undefined ? sendBody(body, send) : started.then(() => sendBody(body, send));
}

function sendBody(body: string | Uint8Array, send: Send): void | Promise<void> {
  return send({ type: 'http.response.body', body, moreBody: false });
}
