import { isClientDisconnected, type Receive } from '@pullo/asgi';
import type { Run } from './run.js';

const EMPTY = new Uint8Array();

/**
 * The `receive` of a mounted app that nothing surrounds. Where the pipeline has a Request already the body comes through it: what that has
 * buffered is there for the app too, and what it has streamed away is an error that says so.
 */
export function bodyReceive(run: Run): Receive {
  return run.request === undefined ? run.receive : sharedReceive(run);
}

/**
 * The same where middleware surrounds the app: always through the Request, which tells a middleware that reads the body after the app has had it
 * that it is gone. Below it, waiting for a piece that never comes, the request would not end.
 */
export function sharedReceive({ context, receive }: Run): Receive {
  let pieces: AsyncGenerator<Uint8Array, void, undefined> | undefined;
  let isOver = false;
  return async () => {
    if (isOver) return receive();
    try {
      pieces ??= context.request.stream();
      const { done, value } = await pieces.next();
      isOver = done === true;
      return { type: 'http.request', body: value ?? EMPTY, moreBody: !isOver };
    } catch (error) {
      // A generator that has thrown would say next that it is done, as if the body were whole.
      pieces = undefined;
      if (!isClientDisconnected(error)) throw error;
      isOver = true;
      return { type: 'http.disconnect' };
    }
  };
}
