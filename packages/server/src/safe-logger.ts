import type { AccessRecord, Logger, LogLevel } from './logger.js';

/** A logger whose own errors end neither an exchange nor the process: they are told on standard error. */
export class SafeLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(level: LogLevel, message: string, error?: unknown): void {
    try {
      this.#logger.log(level, message, error);
    } catch (problem) {
      complain(message, problem);
    }
  }

  access(record: AccessRecord): void {
    try {
      this.#logger.access(record);
    } catch (problem) {
      complain(`${record.method} ${record.target}`, problem);
    }
  }

  flush(): void {
    try {
      this.#logger.flush?.();
    } catch (problem) {
      complain('flush', problem);
    }
  }
}

function complain(what: string, problem: unknown): void {
  const reason = problem instanceof Error ? problem.message : typeof problem;
  process.stderr.write(`ERROR:    The logger failed to log ${JSON.stringify(what)}: ${reason}\n`);
}
