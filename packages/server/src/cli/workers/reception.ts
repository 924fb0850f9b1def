import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from '@pullo/asgi';
import type { Logger } from '../../logger.js';
import { closeListener } from '../../node/close-listener.js';
import { listen, type Place } from '../../node/listen.js';
import type { WorkerProcess } from './worker-process.js';

/** How long a parent that stops waits for those that it is about to hand on, in milliseconds. */
const HAND_TIME = 250;

/**
 * Accepts connections and hands them to workers, in turn. Each has one at a time on its way, which stays open here until the
 * worker has taken it: if it ends before, or refuses, another gets the connection. While there is nobody, they wait.
 */
export class Reception {
  readonly #server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#receive(socket));
  readonly #waiting = new Set<Socket>();
  readonly #workers = new Set<WorkerProcess>();
  /** Those that have none on its way, in the order of their turns. */
  readonly #free = new Set<WorkerProcess>();
  readonly #logger: Logger;
  #onTheirWay = 0;
  /** Whether nothing is handed on, so that those who come again for each request leave a gap in which to stop listening. */
  #isHolding = false;
  #isClosed = false;
  #whenHanded: () => void = () => {};

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Throws `StartupFailed` if the address cannot be had. */
  async open(place: Place): Promise<ServerAddress> {
    const address = await listen(this.#server, place);
    this.#server.on('error', (error) => this.#logger.log('error', 'Error of the server', error));
    return address;
  }

  /** From now on a worker gets connections, those that have waited first. */
  add(worker: WorkerProcess): void {
    this.#workers.add(worker);
    this.#free.add(worker);
    this.#distribute();
  }

  /** A worker gets no more; one that is on its way has been told before whatever it is told next. */
  remove(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    this.#free.delete(worker);
  }

  /** Accepts nothing more; resolves once those that have come have been handed on, if there is anybody to take them, or not in time. */
  async close(): Promise<void> {
    this.#isHolding = true;
    await closeListener(this.#server);
    this.#isHolding = false;
    const handed = new Promise<void>((resolve) => {
      this.#whenHanded = resolve;
    });
    this.#distribute();
    this.#checkHanded();
    const late = new AbortController();
    await Promise.race([handed, sleep(HAND_TIME, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    this.#isClosed = true;
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }

  #receive(socket: Socket): void {
    // Nobody reads it here, so that nobody would tell of a client that has left: its worker finds out.
    socket.on('error', () => this.#waiting.delete(socket));
    this.#queue(socket);
  }

  #queue(socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    this.#waiting.add(socket);
    this.#distribute();
  }

  #distribute(): void {
    for (const socket of this.#waiting) {
      const [worker] = this.#free;
      if (worker === undefined || this.#isHolding) return;
      this.#free.delete(worker);
      this.#waiting.delete(socket);
      void this.#hand(socket, worker);
    }
  }

  async #hand(socket: Socket, worker: WorkerProcess): Promise<void> {
    this.#onTheirWay++;
    const isTaken = await worker.hand(socket);
    this.#onTheirWay--;
    if (isTaken) {
      // The worker has a descriptor of its own.
      socket.destroy();
      if (this.#workers.has(worker)) this.#free.add(worker);
      this.#distribute();
    } else {
      this.remove(worker);
      this.#queue(socket);
    }
    this.#checkHanded();
  }

  #checkHanded(): void {
    const canWait = this.#workers.size > 0 && this.#waiting.size > 0;
    if (!canWait && this.#onTheirWay === 0) this.#whenHanded();
  }
}
