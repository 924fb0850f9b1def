import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from '@pullo/asgi';
import { StartupFailed } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Place } from '../../node/listen.js';
import type { Settings } from '../../options.js';
import { urlOf } from '../../server.js';
import type { Stoppable } from '../../signals.js';
import { timeout } from '../../timeout.js';
import { EXIT } from '../exit-codes.js';
import { BackOff } from './back-off.js';
import { killHung } from './health.js';
import { Reception } from './reception.js';
import { type Exit, WorkerProcess } from './worker-process.js';

/** How many replacements in a row may fail to start while no worker serves. */
const MAX_FAILED_STARTS = 5;
/** How long after the graceful timeout a worker that does not end is killed, and after it was told to end at once. */
const KILL_TIME = 5000;
const FORCE_TIME = 1000;

export interface SupervisorSettings extends Place, Pick<Settings, 'tlsCert' | 'gracefulTimeout'> {
  workers: number;
  workerStartTimeout: number;
  workerTimeout: number;
}

/** The place of a worker: whoever works there now, and how often that has failed of late. */
interface Slot {
  readonly id: number;
  worker: WorkerProcess | null;
  readonly backOff: BackOff;
}

/** Keeps workers running: replaces those that end, rolls them one by one, adds and removes, and stops them all. */
export class Supervisor implements Stoppable {
  /** Resolves with the exit code, once the last worker has ended. */
  readonly closed: Promise<number>;
  readonly #settings: SupervisorSettings;
  readonly #logger: Logger;
  readonly #reception: Reception;
  /** Where it listens, or is to listen. */
  #address: ServerAddress;
  #slots: Slot[] = [];
  /** All that have not ended, also those whose place another has taken. */
  readonly #living = new Set<WorkerProcess>();
  #failedStarts = 0;
  /** Whether all have started: they can be replaced, added and removed from then on. */
  #isUp = false;
  #code: number = EXIT.stopped;
  #isRolling = false;
  #rollsAgain = false;
  readonly #stopping = new AbortController();
  #end: (code: number) => void = () => {};

  constructor(settings: SupervisorSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#reception = new Reception(logger);
    this.#address = addressOf(settings);
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Starts the first worker, listens once it is ready, and starts the others: what is wrong with the app is told once. */
  async start(): Promise<void> {
    const isFirstReady = await this.#fill(this.#addSlot());
    if (isFirstReady && !(await this.#listens())) return;
    while (this.#slots.length < this.#settings.workers && isFirstReady) this.#addSlot();
    const others = await Promise.all(this.#slots.slice(1).map((slot) => this.#fill(slot)));
    if (this.#isStopping) return;
    if (!isFirstReady || others.includes(false)) {
      this.#abandon('A worker did not start.');
      return;
    }
    const url = urlOf(this.#address, this.#settings);
    this.#logger.log('info', `Pullo running on ${url} (Press CTRL+C to quit)`);
    this.#isUp = true;
    for (const slot of this.#slots) {
      if (slot.worker !== null) void this.#watch(slot, slot.worker);
    }
    const workers = (): (WorkerProcess | null)[] => this.#slots.map(({ worker }) => worker);
    void killHung(workers, this.#settings.workerTimeout, this.#stopping.signal, this.#logger);
  }

  stop(signal: NodeJS.Signals | null): void {
    if (this.#isStopping) return;
    this.#stopping.abort();
    if (signal !== null) this.#logger.log('info', `${signal}: stopping ${this.#living.size} workers.`);
    void this.#reception.close().then(() => {
      for (const worker of this.#living) worker.tell('pullo:stop');
    });
    this.#killAfter(this.#settings.gracefulTimeout + KILL_TIME);
    if (this.#living.size === 0) this.#end(this.#code);
  }

  force(): void {
    this.#code = EXIT.failed;
    for (const worker of this.#living) worker.tell('pullo:force');
    this.#killAfter(FORCE_TIME);
  }

  /** Replaces the workers one by one, each once its replacement is ready; ends at the first that does not start. */
  async roll(): Promise<void> {
    this.#rollsAgain = true;
    if (this.#isRolling || !this.#isUp) return;
    this.#isRolling = true;
    while (this.#rollsAgain && !this.#isStopping) {
      this.#rollsAgain = false;
      this.#logger.log('info', `SIGHUP: replacing ${this.#slots.length} workers, one by one.`);
      const isDone = await this.#rollOnce();
      if (isDone) this.#logger.log('info', 'All workers have been replaced.');
    }
    this.#isRolling = false;
  }

  /** Adds a worker. */
  async grow(): Promise<void> {
    if (this.#isStopping || !this.#isUp) return;
    const slot = this.#addSlot();
    this.#logger.log('info', `SIGTTIN: ${this.#slots.length} workers.`);
    if ((await this.#fill(slot)) && slot.worker !== null) {
      void this.#watch(slot, slot.worker);
      return;
    }
    this.#logger.log('error', `Worker ${slot.id} did not start: the others go on.`);
    this.#slots = this.#slots.filter((one) => one !== slot);
  }

  /** Removes the newest worker, but not the last. */
  shrink(): void {
    if (this.#isStopping || !this.#isUp) return;
    if (this.#slots.length === 1) {
      this.#logger.log('warning', 'SIGTTOU: the last worker stays.');
      return;
    }
    const slot = this.#slots.pop();
    this.#logger.log('info', `SIGTTOU: ${this.#slots.length} workers.`);
    if (slot?.worker != null) this.#retire(slot.worker);
  }

  /** Whether it could listen, and is not to stop by then. */
  async #listens(): Promise<boolean> {
    if (this.#isStopping) return false;
    try {
      this.#address = await this.#reception.open(this.#settings);
    } catch (error) {
      if (!(error instanceof StartupFailed)) throw error;
      this.#abandon(error.message);
      return false;
    }
    // What came meanwhile has closed nothing that was open.
    if (this.#isStopping) void this.#reception.close();
    return !this.#isStopping;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #addSlot(): Slot {
    const ids = this.#slots.map(({ id }) => id);
    const slot = { id: Math.max(0, ...ids) + 1, worker: null, backOff: new BackOff() };
    this.#slots.push(slot);
    return slot;
  }

  /** Starts a worker in a place; resolves with whether it is ready to serve. */
  async #fill(slot: Slot): Promise<boolean> {
    slot.worker = this.#fork(slot.id);
    return this.#whenReady(slot.worker);
  }

  #fork(id: number): WorkerProcess {
    const worker = new WorkerProcess(id, { PULLO_HELD_ADDRESS: JSON.stringify(this.#address) });
    this.#living.add(worker);
    void worker.exited.then((exit) => {
      this.#living.delete(worker);
      this.#reception.remove(worker);
      if (!this.#isStopping) return;
      if (exit.code !== 0 && this.#code === EXIT.stopped) this.#code = EXIT.failed;
      if (this.#living.size === 0) this.#end(this.#code);
    });
    return worker;
  }

  /** Resolves with whether it has become ready; from then on it is handed connections. */
  async #whenReady(worker: WorkerProcess): Promise<boolean> {
    const timer = timeout(this.#settings.workerStartTimeout, () => {
      this.#logger.log('error', `${worker.label} is not ready in time: it is killed.`);
      worker.kill();
    });
    const url = await worker.ready;
    clearTimeout(timer);
    if (url === null) return false;
    this.#logger.log('info', `${worker.label} is ready.`);
    if (!this.#isStopping) this.#reception.add(worker);
    return true;
  }

  /** Replaces a worker when it leaves, unless another has its place by then. */
  async #watch(slot: Slot, worker: WorkerProcess): Promise<void> {
    const exit = await worker.leaving;
    if (this.#isOf(slot, worker)) await this.#replace(slot, worker, exit);
  }

  /** Whether a place is still there, and is that worker's. */
  #isOf(slot: Slot, worker: WorkerProcess): boolean {
    return !this.#isStopping && slot.worker === worker && this.#slots.includes(slot);
  }

  async #replace(slot: Slot, worker: WorkerProcess, exit: Exit | null): Promise<void> {
    // One that is about to stop as it should says so before: an end without a word is a failure, also with code 0.
    const isFailure = exit !== null;
    const served = worker.readyAt === null ? 0 : performance.now() - worker.readyAt;
    const pause = isFailure ? slot.backOff.next(served) : 0;
    const when = pause === 0 ? 'now' : `in ${pause} ms`;
    const level = isFailure ? 'error' : 'info';
    this.#logger.log(level, `${worker.label} ${told(exit)}: another takes its place ${when}.`);
    await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
    if (!this.#isOf(slot, worker)) return;
    const isReady = await this.#fill(slot);
    if (slot.worker !== null) void this.#watch(slot, slot.worker);
    this.#failedStarts = isReady ? 0 : this.#failedStarts + 1;
    if (isReady) this.#retireOthers(slot);
    if (this.#failedStarts < MAX_FAILED_STARTS || this.#isStopping) return;
    if (this.#slots.every((one) => one.worker?.readyAt == null)) {
      this.#abandon(`${this.#failedStarts} workers in a row did not start, and none serves.`);
    }
  }

  async #rollOnce(): Promise<boolean> {
    for (const slot of [...this.#slots]) {
      // Removed meanwhile.
      if (!this.#slots.includes(slot)) continue;
      const worker = this.#fork(slot.id);
      const isReady = await this.#whenReady(worker);
      if (this.#isStopping) return false;
      if (!isReady) {
        this.#logger.log('error', 'A new worker did not start: the old ones go on.');
        return false;
      }
      const old = slot.worker;
      slot.worker = worker;
      void this.#watch(slot, worker);
      // Removed while its replacement started.
      if (!this.#slots.includes(slot)) this.#retire(worker);
      if (old === null || !this.#living.has(old)) continue;
      this.#retire(old);
      await old.exited;
    }
    return true;
  }

  /** Lets those come to their end that have waited for another to take their place. */
  #retireOthers(slot: Slot): void {
    for (const worker of this.#living) {
      if (worker.id === slot.id && worker !== slot.worker) this.#retire(worker);
    }
  }

  /** Lets a worker come to its end in favour of the others. */
  #retire(worker: WorkerProcess): void {
    this.#reception.remove(worker);
    worker.tell('pullo:retire');
    const timer = timeout(this.#settings.gracefulTimeout + KILL_TIME, () => worker.kill());
    void worker.exited.then(() => clearTimeout(timer));
  }

  #abandon(problem: string): void {
    this.#logger.log('error', `${problem} Stopping.`);
    this.#code = EXIT.notStarted;
    this.stop(null);
  }

  #killAfter(milliseconds: number): void {
    const timer = timeout(milliseconds, () => {
      for (const worker of this.#living) worker.kill();
    });
    timer?.unref();
  }
}

/** What is known of a place before anybody listens there. */
function addressOf({ host, port, uds, fd }: Place): ServerAddress {
  if (fd !== undefined) return { host: `fd:${fd}`, port: null };
  return uds === undefined ? { host, port } : { host: uds, port: null };
}

function told(exit: Exit | null): string {
  if (exit === null) return 'is leaving';
  return exit.signal === null ? `ended with code ${exit.code}` : `was ended by ${exit.signal}`;
}
