import { Server } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** How long nobody has come before the listener is closed, in milliseconds. */
const QUIET_TIME = 10;
/** How long that is waited for: where somebody comes all the time, no moment is better than another. */
const MAX_TIME = 250;

/**
 * Ends listening at a moment when nobody waits to be accepted: the system resets what is in its queue when a listener closes, though
 * those clients may have sent their requests. `signal` ends the waiting.
 */
export async function closeListener(server: Server, signal: AbortSignal | null = null): Promise<void> {
  let accepted = 0;
  const count = (): void => {
    accepted++;
  };
  server.on('connection', count);
  const end = performance.now() + MAX_TIME;
  while (server.listening && signal?.aborted !== true && performance.now() < end) {
    const before = accepted;
    await sleep(QUIET_TIME);
    // The system has just woken this process, and is not likely to let another one go on between this turn and the close.
    await turn();
    if (accepted === before) break;
  }
  server.off('connection', count);
  // Not the close() of node:http: that destroys connections whose last response is still being written.
  Server.prototype.close.call(server);
}
