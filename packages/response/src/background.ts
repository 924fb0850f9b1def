/** Work to do once a response has been sent. */
export type Background = () => void | Promise<void>;

const INTERRUPTIONS: ReadonlySet<unknown> = new Set([
  'ERR_CLIENT_DISCONNECTED',
  'ERR_REQUEST_TIMEOUT',
  'ERR_SERVER_SHUTDOWN',
]);

/** Whether an error says that the exchange was over before its time: the client left, or the server gave up on it. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && INTERRUPTIONS.has(error.code);
}

/** Runs background work after the last byte has been sent, also when it could not be since the client has left. */
export async function sendThen(sent: void | Promise<void>, background: Background): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (isInterruption(error)) await background();
    throw error;
  }
  await background();
}

/** Waits for both, whichever fails: no error is lost, and none keeps the other from its end. */
export async function settleBoth(stopped: Promise<void>, background: Background | undefined): Promise<void> {
  const work = background === undefined ? undefined : Promise.resolve().then(background);
  const results = await Promise.allSettled([stopped, work]);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 1) {
    throw new AggregateError(
      errors,
      'Both the clean-up of a stream and the background work after it failed.',
    );
  }
  if (errors.length === 1) throw errors[0];
}
