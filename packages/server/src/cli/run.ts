import type { App } from '@pullo/asgi';
import { InvalidOption, StartupFailed } from '../errors.js';
import { type ServeOptions, type Settings, settle } from '../options.js';
import { serve } from '../serve.js';
import { TextLogger } from '../text-logger.js';
import { loadApp } from './load-app.js';
import { LoadFailed } from './load-failed.js';

/** What a process ends with. */
export const EXIT = {
  /** It was asked to stop, and did. */
  stopped: 0,
  /** It was used wrongly, was forced to stop, or the app's shutdown failed. */
  failed: 1,
  /** It did not start: supervisors should not try again and again. */
  notStarted: 3,
} as const;

/** Loads an app and serves it until a signal comes. Resolves with the exit code; throws `InvalidOption`. */
export async function run(reference: string, options: ServeOptions): Promise<number> {
  const settings = settle(options);
  const logger = new TextLogger(settings);
  try {
    const app = await loadApp(reference, process.cwd());
    return await serveUntilStopped(app, settings, logger);
  } catch (error) {
    if (error instanceof InvalidOption) throw error;
    if (error instanceof LoadFailed) logger.log('error', error.message, error.cause);
    else if (error instanceof StartupFailed) logger.log('error', error.message, causeToShow(error));
    else logger.log('error', 'The server failed.', error);
    return EXIT.notStarted;
  }
}

async function serveUntilStopped(app: App, settings: Settings, logger: TextLogger): Promise<number> {
  const server = await serve(app, { ...settings, logger, handleSignals: true });
  const { isForced, error } = await server.closed;
  return isForced || error !== null ? EXIT.failed : EXIT.stopped;
}

/** What the app threw. An error of the system says nothing that the message does not. */
function causeToShow({ cause }: StartupFailed): unknown {
  return cause instanceof Error && 'syscall' in cause ? undefined : cause;
}
