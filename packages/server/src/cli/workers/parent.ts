import { Socket } from 'node:net';
import type { Logger } from '../../logger.js';
import type { RunningServer } from '../../server.js';
import type { Stopper } from '../../signals.js';
import { EXIT } from '../exit-codes.js';
import { leave } from '../leave.js';
import { type FromParent, type FromWorker, isOurs } from './messages.js';

/** What the terminal sends to all processes of its group: in a worker it is for the parent to say what follows. */
const LEFT_TO_PARENT = ['SIGINT', 'SIGHUP'] as const;

/** In a worker, its parent: it is told how the server fares, and stops it. */
export class Parent implements Stopper {
  readonly #logger: Logger;
  #server: RunningServer | null = null;
  /** What came before the server was up. */
  #early: FromParent['type'] | null = null;
  #wasTold = false;
  #isLoading = true;
  readonly #ignore = (): void => {};
  readonly #terminate = (): void => this.#take('pullo:stop');
  readonly #listener = (message: unknown, handle: unknown): void => {
    if (!isOurs(message)) return;
    if (message.type === 'pullo:connection') this.#serve(handle);
    else this.#obey(message as FromParent);
  };

  constructor(logger: Logger) {
    this.#logger = logger;
    for (const signal of LEFT_TO_PARENT) process.on(signal, this.#ignore);
    process.on('SIGTERM', this.#terminate);
    process.on('message', this.#listener);
  }

  /** The app has been loaded, and is about to start: from here on it has to be stopped. */
  loaded(): void {
    this.#isLoading = false;
  }

  /** The server is up: its parent is told, and what came before stops it now. */
  stops(server: RunningServer): void {
    this.#server = server;
    tell({ type: 'pullo:ready', url: server.url });
    server.stopping.then(() => {
      if (!this.#wasTold) tell({ type: 'pullo:leaving' });
    });
    if (this.#early !== null) this.#take(this.#early);
  }

  /** The parent starts another, and stops this one when that is ready: there is no moment without a worker. */
  replaces(): boolean {
    tell({ type: 'pullo:leaving' });
    return true;
  }

  release(): void {
    for (const signal of LEFT_TO_PARENT) process.off(signal, this.#ignore);
    process.off('SIGTERM', this.#terminate);
    process.off('message', this.#listener);
  }

  #serve(handle: unknown): void {
    // One that has ended on the way arrives as nothing, and needs nobody else.
    if (!(handle instanceof Socket) || this.#server?.take(handle) === true) {
      tell({ type: 'pullo:taken' });
      return;
    }
    // Only here: its parent still has it.
    handle.destroy();
    tell({ type: 'pullo:refused' });
  }

  #obey({ type }: FromParent): void {
    if (type === 'pullo:ping') {
      tell({ type: 'pullo:pong' });
      return;
    }
    this.#wasTold = true;
    this.#take(type);
  }

  #take(type: FromParent['type']): void {
    if (this.#server === null) {
      if (type === 'pullo:force') leave(EXIT.failed);
      if (this.#isLoading) leave(EXIT.stopped);
      this.#early = type;
      this.#logger.log('info', 'Stopping once the app has started.');
    } else if (type === 'pullo:stop') this.#server.stop(null);
    else if (type === 'pullo:retire') this.#server.retire();
    else this.#server.force();
  }
}

function tell(message: FromWorker): void {
  // A parent that is gone has taken the channel with it.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
