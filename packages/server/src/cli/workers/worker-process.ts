import cluster, { type Worker } from 'node:cluster';
import type { Socket } from 'node:net';
import { type FromParent, type FromWorker, isOurs } from './messages.js';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A worker, as its parent sees it. */
export class WorkerProcess {
  /** The number of its place, from 1: that of the worker which it replaces. */
  readonly id: number;
  readonly pid: number;
  /** The URL that it serves, once it does; null if it ended before. */
  readonly ready: Promise<string | null>;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** Resolves when it has ended, or is about to by itself. */
  readonly leaving: Promise<Exit | null>;
  /** When it was ready, by the clock of `performance`. */
  readyAt: number | null = null;
  /** How often it has been asked since it last said something. */
  unanswered = 0;
  readonly #worker: Worker;
  /** What it was last told before it was ready. */
  #early: FromParent['type'] | null = null;
  /** Says what has become of the connection that is on its way. */
  #answer: (isTaken: boolean) => void = () => {};

  /** Starts one. `environment` is added to that of this process. */
  constructor(id: number, environment: Record<string, string>) {
    this.id = id;
    this.#worker = cluster.fork({ ...environment, PULLO_WORKER_ID: String(id) });
    this.pid = this.#worker.process.pid ?? 0;
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (code, signal) => resolve({ code, signal: signal as NodeJS.Signals | null }));
    });
    void this.exited.then(() => this.#answer(false));
    this.#worker.on('message', (message: unknown) => {
      if (!isOurs(message)) return;
      if (message.type === 'pullo:taken') this.#answer(true);
      else if (message.type === 'pullo:refused') this.#answer(false);
    });
    // The process could not be made, or the channel broke: 'exit' tells the rest.
    this.#worker.on('error', () => {});
    this.ready = Promise.race([
      this.#told('pullo:ready').then((message) => (message.type === 'pullo:ready' ? message.url : null)),
      this.exited.then(() => null),
    ]);
    this.leaving = Promise.race([this.#told('pullo:leaving').then(() => null), this.exited]);
    // A process that is about to be has nobody yet who would hear what it is told: it hears it again, and does nothing the second time.
    void this.ready.then((url) => {
      if (url !== null && this.#early !== null) this.tell(this.#early);
    });
  }

  /** `Worker 1 [36724]`, for the log. */
  get label(): string {
    return `Worker ${this.id} [${this.pid}]`;
  }

  tell(type: FromParent['type']): void {
    if (this.readyAt === null) this.#early = type;
    const message: FromParent = { type };
    if (this.#worker.isConnected()) this.#worker.send(message, undefined, () => {});
  }

  /** Lets it serve a connection, which stays open here; resolves with whether it does. One at a time. */
  hand(socket: Socket): Promise<boolean> {
    if (!this.#worker.isConnected()) return Promise.resolve(false);
    const message: FromParent = { type: 'pullo:connection' };
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.send(message, socket, { keepOpen: true }, (error) => {
        if (error !== null) resolve(false);
      });
    });
  }

  /** Asks for a sign of life. */
  ask(): void {
    this.unanswered++;
    this.tell('pullo:ping');
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #told(type: FromWorker['type']): Promise<FromWorker> {
    return new Promise((resolve) => {
      this.#worker.on('message', (message: unknown) => {
        if (!isOurs(message)) return;
        this.unanswered = 0;
        if (message.type !== type) return;
        if (type === 'pullo:ready') this.readyAt = performance.now();
        resolve(message as FromWorker);
      });
    });
  }
}
