import type { App, ServerAddress } from '@pullo/asgi';
import { useLightFetch } from '@pullo/asgi/fetch';
import { Service } from './http/service.js';
import { type AppByInterface, appOf, type InterfaceName } from './interfaces/app-of.js';
import { Lifespan } from './lifespan.js';
import type { Logger } from './logger.js';
import { NodeEngine } from './node/engine.js';
import { type ServeOptions, type Settings, settle } from './options.js';
import { SafeLogger } from './safe-logger.js';
import { RunningServer, type Server } from './server.js';
import { type Stopper, StopSignals } from './signals.js';
import { TextLogger } from './text-logger.js';
import { loadTLS } from './tls/credentials.js';

/**
 * Serves an app over HTTP/1.1 on Node, or with TLS over HTTP/1.1 and HTTP/2, once its lifespan startup is complete.
 *
 * An app is a function of the contract or an object with `fetch`; others are told by the option `interface`.
 * Throws `InvalidApp`, `InvalidOption`, and `StartupFailed` if the app's start-up fails, or the address or the
 * certificate cannot be used.
 *
 * @example
 * ```ts
 * import type { App } from '@pullo/asgi';
 * import { serve } from '@pullo/server';
 *
 * const app: App = (_scope, _receive, send) => {
 *   send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] });
 *   send({ type: 'http.response.body', body: 'Hello\n' });
 * };
 *
 * const server = await serve(app, { port: 0, lifespan: 'off' });
 * console.log(server.url);
 * await server.close();
 * ```
 */
export async function serve<Name extends InterfaceName = 'auto'>(
  app: AppByInterface[NoInfer<Name>],
  options: ServeOptions & { interface?: Name } = {},
): Promise<Server> {
  const settings = settle(options);
  return serveSettled(appOf(app, settings.interface), settings);
}

/** The same with options that have been checked. */
export async function serveSettled(served: App, settings: Settings): Promise<Server> {
  const logger = settings.logger ?? new TextLogger(settings);
  const signals = settings.handleSignals ? new StopSignals(logger) : null;
  const server = await start(served, settings, logger, signals);
  logger.log('info', `Pullo running on ${server.url} (Press CTRL+C to quit)`);
  signals?.stops(server);
  return server;
}

/** Starts the app, then listens, unless another accepts its connections at an address. If that fails, `stopper` is released. */
export async function start(
  app: App,
  settings: Settings,
  ownLogger: Logger,
  stopper: Stopper | null,
  held: ServerAddress | null = null,
): Promise<RunningServer> {
  if (settings.lightFetch) useLightFetch();
  const logger = new SafeLogger(ownLogger);
  logger.log('info', `Started server process [${process.pid}]`);
  const lifespan = new Lifespan(app, settings.lifespan, logger);
  try {
    const tls = await loadTLS(settings);
    for (const warning of tls?.warnings ?? []) logger.log('warning', warning);
    await lifespan.startup();
    const service = new Service(app, lifespan.state, settings, logger);
    const engine = new NodeEngine(service, tls);
    const address = held === null ? await listen(engine, lifespan) : engine.adopt(held);
    const server = new RunningServer(engine, lifespan, settings, logger, address);
    service.whenExhausted = () => {
      logger.log(
        'info',
        `It has taken ${settings.maxRequests} requests or more, as ${settings.nameOf('maxRequests')} says: it is to end.`,
      );
      if (stopper?.replaces?.() !== true) server.retire();
    };
    return server;
  } catch (error) {
    stopper?.release();
    logger.flush();
    throw error;
  }
}

async function listen(engine: NodeEngine, lifespan: Lifespan): Promise<ServerAddress> {
  try {
    return await engine.listen();
  } catch (error) {
    // The app has started: it gets its shutdown, whose own failure matters less than the address.
    await lifespan.shutdown().catch(() => {});
    throw error;
  }
}
