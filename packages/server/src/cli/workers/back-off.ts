const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** How long a worker must have served for its end not to count as one more of a row. */
const STABLE_TIME = 10_000;

/** The pauses before a worker that fails again and again is replaced: none, then 250 ms, doubled up to 30 s. */
export class BackOff {
  #failures = 0;

  /** The pause in milliseconds after one more failure; `served` is for how long the worker had been ready. */
  next(served: number): number {
    if (served >= STABLE_TIME) this.#failures = 0;
    const pause = this.#failures === 0 ? 0 : FIRST_PAUSE * 2 ** (this.#failures - 1);
    this.#failures++;
    return Math.min(pause, LONGEST_PAUSE);
  }
}
