/** Calls back once when it has not been started anew for a time. It does not keep the process alive. */
export class IdleTimer {
  readonly #delay: number;
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | null = null;

  /** `delay` is in milliseconds; 0 or nothing is no timer at all. */
  constructor(delay: number | null | undefined, onIdle: () => void) {
    this.#delay = delay ?? 0;
    this.#onIdle = onIdle;
  }

  start(): void {
    if (this.#delay === 0) return;
    this.stop();
    this.#timer = setTimeout(this.#onIdle, this.#delay).unref();
  }

  stop(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
