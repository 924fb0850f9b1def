import type { AccessDetail, AccessRecord, Logger } from '../logger.js';

const UNPRINTABLE = /[^\x21-\x7e]|"/g;

/** A request that is logged once its response has ended, with what is known then. */
export class AccessEntry {
  readonly #logger: Logger;
  readonly #userAgent: string | null;
  readonly #began = performance.now();
  #record: AccessRecord | null = null;
  #requestId: string | null = null;
  #bytes = 0;

  constructor(logger: Logger, userAgent: string | null) {
    this.#logger = logger;
    this.#userAgent = userAgent;
  }

  /** The response begins, with these fields. */
  begin(record: AccessRecord, headers: readonly string[]): void {
    this.#record = record;
    for (let i = 0; i < headers.length; i += 2) {
      if ((headers[i] as string).toLowerCase() === 'x-request-id') this.#requestId = headers[i + 1] as string;
    }
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The first time counts; nothing is logged of a response that has not begun. `closeCode` is that of a session. */
  end(isComplete: boolean, closeCode?: number): void {
    const record = this.#record;
    if (record === null) return;
    this.#record = null;
    const duration = Math.round((performance.now() - this.#began) * 1000) / 1000;
    const [bytes, requestId, userAgent] = [this.#bytes, this.#requestId, this.#userAgent];
    const detail: AccessDetail = { duration, bytes, isComplete, requestId, userAgent };
    if (closeCode !== undefined) detail.closeCode = closeCode;
    this.#logger.access({ ...record, detail });
  }
}

/** A target that no app has seen, as it may be printed. */
export function printable(target: string): string {
  return target.replace(UNPRINTABLE, escapeChar);
}

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
