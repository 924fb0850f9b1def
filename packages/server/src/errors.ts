/** A wrong option of `serve`, flag of `pullo` or `PULLO_` variable: the message says what is allowed. */
export class InvalidOption extends TypeError {
  override readonly name = 'InvalidOption';
  readonly code = 'ERR_INVALID_OPTION';
}

/** What was given to serve is not an app: the message says what it is, and what was expected. */
export class InvalidApp extends TypeError {
  override readonly name = 'InvalidApp';
  readonly code = 'ERR_INVALID_APP';
}

/** The server did not start: the app's start-up failed, or the address could not be listened on. */
export class StartupFailed extends Error {
  override readonly name = 'StartupFailed';
  readonly code = 'ERR_STARTUP_FAILED';
}

/** The app's lifespan shutdown failed. The server has stopped all the same. */
export class ShutdownFailed extends Error {
  override readonly name = 'ShutdownFailed';
  readonly code = 'ERR_SHUTDOWN_FAILED';
}
