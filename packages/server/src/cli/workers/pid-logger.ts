import type { AccessRecord, Logger, LogLevel } from '../../logger.js';

/** A log whose lines say which process they are of. */
export class PidLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(level: LogLevel, message: string, error?: unknown): void {
    this.#logger.log(level, `[${process.pid}] ${message}`, error);
  }

  access(record: AccessRecord): void {
    this.#logger.access(record);
  }

  flush(): void {
    this.#logger.flush?.();
  }
}
