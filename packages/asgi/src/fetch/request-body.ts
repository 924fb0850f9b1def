import type { Receive } from '../app.js';
import { ClientDisconnected } from '../errors.js';

/** The body in the pieces in which it arrives; one is asked for when somebody reads. */
export function bodyStream(receive: Receive): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        for (;;) {
          const event = await receive();
          if (event.type !== 'http.request') throw new ClientDisconnected();
          // The cast drops only `SharedArrayBuffer` from the type: bytes of a request never lie in shared memory.
          if (event.body.byteLength > 0) controller.enqueue(event.body as Uint8Array<ArrayBuffer>);
          if (!event.moreBody) return controller.close();
          if (event.body.byteLength > 0) return;
        }
      },
    },
    { highWaterMark: 0 },
  );
}

/** The whole body. The bytes may lie in a buffer with others. */
export async function wholeBody(receive: Receive): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') throw new ClientDisconnected();
    if (!event.moreBody && pieces.length === 0) return event.body;
    pieces.push(event.body);
    if (!event.moreBody) return joined(pieces);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
