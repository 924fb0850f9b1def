import type { App } from '@pullo/asgi';

/** A server that is listening: what `serve` of `@pullo/server` resolves with, or anything else with a URL. */
export interface LiveServer {
  /** Where it is reached. Read when the first request is sent. */
  readonly url: string | URL;
}

/** A server that was started for a test. */
export interface ClosableServer extends LiveServer {
  close(): Promise<void>;
}

interface ServeModule {
  serve(app: App, options: object): Promise<ClosableServer>;
}

/**
 * Serves an app on a free port of this machine. Errors of the app go to `onError`; nothing else is logged.
 *
 * `@pullo/server` is an optional peer dependency, so it is looked up only here. Throws if it is not installed.
 */
export async function startServer(app: App, onError: (error: unknown) => void): Promise<ClosableServer> {
  const { serve } = await loadServer();
  const logger = {
    log(_level: string, _message: string, error?: unknown): void {
      if (error !== undefined) onError(error);
    },
    access(): void {},
  };
  return serve(app, { host: '127.0.0.1', port: 0, accessLog: false, logger });
}

async function loadServer(): Promise<ServeModule> {
  const name = '@pullo/server';
  try {
    return await import(name);
  } catch (error) {
    throw new Error(
      `A test over a socket needs ${name}, which is not installed: npm install --save-dev ${name}`,
      {
        cause: error,
      },
    );
  }
}
