import type { Logger } from '../../logger.js';
import type { Place } from '../../node/listen.js';
import type { Stoppable } from '../../signals.js';
import { EXIT } from '../exit-codes.js';
import { Reception } from '../workers/reception.js';
import { WorkerProcess } from '../workers/worker-process.js';
import { Watcher, type WatchSettings } from './watcher.js';

/** How long after the graceful timeout the old process is killed. */
const KILL_TIME = 3000;
/** How long after it was told to end at once. */
const FORCE_TIME = 1000;

interface ReloadSettings extends WatchSettings, Place {
  gracefulTimeout: number;
}

/** Runs the app in a process of its own, and starts it anew when a file changes. The port stays open, and connections wait. */
export class Reloader implements Stoppable {
  readonly closed: Promise<number>;
  readonly #settings: ReloadSettings;
  readonly #logger: Logger;
  readonly #reception: Reception;
  readonly #stopping = new AbortController();
  #address = '';
  #worker: WorkerProcess | null = null;
  #code: number = EXIT.stopped;
  #end: (code: number) => void = () => {};

  constructor(settings: ReloadSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#reception = new Reception(logger);
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Listens, and begins. Throws `StartupFailed` if the address cannot be had. */
  async start(): Promise<void> {
    this.#address = JSON.stringify(await this.#reception.open(this.#settings));
    void this.#run().then(this.#end);
  }

  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    void this.#reception.close().then(() => {
      this.#endWorker('pullo:stop', this.#settings.gracefulTimeout + KILL_TIME);
    });
  }

  force(): void {
    this.#code = EXIT.failed;
    this.#endWorker('pullo:force', FORCE_TIME);
  }

  async #run(): Promise<number> {
    const { signal } = this.#stopping;
    const watcher = new Watcher(this.#settings);
    await watcher.begin();
    while (!signal.aborted) {
      const worker = this.#startWorker();
      const changes = watcher.changes(signal).catch(() => []);
      const first = await Promise.race([changes, worker.exited]);
      // While stopping it still takes those that have come.
      if (!signal.aborted) this.#reception.remove(worker);
      if (!Array.isArray(first)) {
        if (signal.aborted) break;
        this.#logger.log('warning', `${endOf(first.code)} Waiting for a change.`);
      }
      const paths = await changes;
      if (!signal.aborted) {
        this.#logger.log('info', `Change in ${listed(paths)}: reloading.`);
        this.#endWorker('pullo:retire', this.#settings.gracefulTimeout + KILL_TIME);
      }
      const { code } = await worker.exited;
      if (signal.aborted && code !== EXIT.stopped && code !== EXIT.notStarted) this.#code = EXIT.failed;
    }
    return this.#code;
  }

  #startWorker(): WorkerProcess {
    const worker = new WorkerProcess(1, { PULLO_HELD_ADDRESS: this.#address });
    this.#worker = worker;
    void worker.ready.then((url) => {
      if (url === null || this.#stopping.signal.aborted) return;
      this.#logger.log('info', `Pullo running on ${url} (Press CTRL+C to quit)`);
      this.#reception.add(worker);
    });
    return worker;
  }

  #endWorker(type: 'pullo:stop' | 'pullo:retire' | 'pullo:force', killTime: number): void {
    const worker = this.#worker;
    if (worker === null) return;
    worker.tell(type);
    if (killTime === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => worker.kill(), killTime);
    void worker.exited.then(() => clearTimeout(timer));
  }
}

function endOf(code: number | null): string {
  if (code === EXIT.notStarted) return 'The app did not start.';
  return code === null ? 'The app was killed.' : `The app ended with code ${code}.`;
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
