import { createServer, type Socket } from 'node:net';
import type { ServerAddress } from '@pullo/asgi';
import { listen, type Place } from '../../node/listen.js';
import type { WorkerProcess } from '../workers/worker-process.js';

/** Accepts connections for a process that comes and goes: while there is none, they wait. */
export class Reception {
  readonly #server = createServer({ pauseOnConnect: true }, (socket) => this.#take(socket));
  readonly #waiting = new Set<Socket>();
  #worker: WorkerProcess | null = null;

  /** Throws `StartupFailed` if the address cannot be had. */
  open(place: Place): Promise<ServerAddress> {
    return listen(this.#server, place);
  }

  /** Hands the connections on to a process, those that have waited first. With null they wait. */
  serve(worker: WorkerProcess | null): void {
    this.#worker = worker;
    if (worker === null) return;
    for (const socket of this.#waiting) worker.hand(socket);
    this.#waiting.clear();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }

  #take(socket: Socket): void {
    if (this.#worker !== null) {
      this.#worker.hand(socket);
      return;
    }
    this.#waiting.add(socket);
    // It is not read, so that nobody would tell of a client that has left: it is found out when it is handed on.
    socket.on('error', () => this.#waiting.delete(socket));
  }
}
