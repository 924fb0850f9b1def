import { isClientDisconnected, type Receive } from '@pullo/asgi';
import type { Run } from './run.js';

const EMPTY = new Uint8Array();

/**
 * The `receive` of a mounted app. Where the pipeline has a Request already the body comes through it: what that has buffered is there
 * for the app too, and what it has streamed away is an error that says so.
 */
export function bodyReceive(run: Run): Receive {
  const { request, receive } = run;
  if (request === undefined) return receive;
  let pieces: AsyncGenerator<Uint8Array, void, undefined> | undefined;
  let isComplete = false;
  return async () => {
    if (isComplete) return receive();
    pieces ??= request.stream();
    try {
      const { done, value } = await pieces.next();
      isComplete = done === true;
      return { type: 'http.request', body: value ?? EMPTY, moreBody: !isComplete };
    } catch (error) {
      if (!isClientDisconnected(error)) throw error;
      return { type: 'http.disconnect' };
    }
  };
}
