/** The app went on when its clients had left and its lifespan was to end. */
export class AppStillRunning extends Error {
  override readonly name = 'AppStillRunning';
  readonly code = 'ERR_APP_STILL_RUNNING';
  /** The requests, sessions and steps of the lifespan that have not ended: `GET /slow`. */
  readonly pending: readonly string[];

  /** `timeout` is how long they had, in milliseconds. */
  constructor(pending: readonly string[], timeout: number) {
    super(
      `The app is still running ${timeout} ms after its clients left: ${pending.join(', ')}. ` +
        'It should end when receive() gives a disconnect or the signal of scope.exchange aborts; if it needs longer, set closeTimeout.',
    );
    this.pending = pending;
  }
}
