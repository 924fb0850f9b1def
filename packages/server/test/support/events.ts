import type { App, HTTPReceiveEvent, SendEvent } from '@pullo/asgi';
import { text } from './serving.ts';

/** The start of a response without fields. */
export const OK: SendEvent = { type: 'http.response.start', status: 200 };

export const bodyOf = (body: string, moreBody = false): SendEvent => ({
  type: 'http.response.body',
  body,
  moreBody,
});

/** Sends events without waiting. */
export function sending(...events: SendEvent[]): App {
  return watchedSending(...events).app;
}

/** Sends events without waiting, and keeps why they were refused. */
export function watchedSending(...events: SendEvent[]): { app: App; rejections: unknown[] } {
  const rejections: unknown[] = [];
  const app: App = (_scope, _receive, send) => {
    for (const event of events) {
      const result = send(event);
      if (result instanceof Promise) result.catch((error: unknown) => rejections.push(error));
    }
  };
  return { app, rejections };
}

/** Reads the whole body, answers with its length, and keeps the events. */
export function measuring(): { events: HTTPReceiveEvent[]; app: App } {
  const events: HTTPReceiveEvent[] = [];
  const app: App = async (scope, receive, send) => {
    let size = 0;
    for (;;) {
      const event = (await receive()) as HTTPReceiveEvent;
      events.push(event);
      if (event.type === 'http.disconnect') return;
      size += event.body.byteLength;
      if (!event.moreBody) break;
    }
    await text(`${size} bytes`)(scope, receive, send);
  };
  return { events, app };
}
