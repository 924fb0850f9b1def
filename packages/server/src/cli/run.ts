import cluster from 'node:cluster';
import { statSync } from 'node:fs';
import type { App, ServerAddress } from '@pullo/asgi';
import { InvalidOption, StartupFailed } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Settings } from '../options.js';
import { serveSettled, start } from '../serve.js';
import type { StopReport } from '../server.js';
import { StopSignals } from '../signals.js';
import { TextLogger } from '../text-logger.js';
import type { Configuration } from './configure.js';
import { EXIT } from './exit-codes.js';
import { leave, orLeft } from './leave.js';
import { loadApp } from './load-app.js';
import { LoadFailed } from './load-failed.js';
import { Reloader } from './reload/reloader.js';
import type { RunOptions } from './run-options.js';
import { loading, orStuck, STARTING } from './stuck.js';
import { Parent } from './workers/parent.js';
import { PidLogger } from './workers/pid-logger.js';
import { Supervisor } from './workers/supervisor.js';

/** Serves an app until a signal comes, in this process or in others. Resolves with the exit code; throws `InvalidOption`. */
export function run(configuration: Configuration): Promise<number> {
  const { settings, options, warnings } = configuration;
  const logger = new TextLogger(settings);
  if (cluster.isWorker) return orExplain(logger, () => serveInWorker(configuration, logger));
  for (const warning of warnings) logger.log('warning', warning);
  if (options.reload) return orExplain(logger, () => reloading(settings, options, logger));
  if (options.workers > 1) return orExplain(logger, () => supervising(settings, options, logger));
  return orExplain(logger, () => serveAlone(configuration, logger));
}

async function serveAlone(configuration: Configuration, logger: Logger): Promise<number> {
  const app = await orTerminated(load(configuration, logger));
  const serving = serveSettled(app, { ...configuration.settings, logger, handleSignals: true });
  const server = await orStuck(serving, logger, STARTING);
  const report = await orStuck(server.closed, logger, {
    problem: 'The app never completes its shutdown',
    code: EXIT.failed,
  });
  return codeOf(report);
}

async function serveInWorker(configuration: Configuration, plain: Logger): Promise<number> {
  const logger = new PidLogger(plain);
  const parent = new Parent(logger);
  const held = heldAddress();
  // It would keep a process that waits for what never comes.
  process.channel?.unref();
  const app = await load(configuration, logger);
  parent.loaded();
  const starting = start(app, configuration.settings, logger, parent, held);
  const server = await orStuck(starting, logger, STARTING);
  process.channel?.ref();
  parent.stops(server);
  return codeOf(await server.closed);
}

/** Where the parent accepts the connections. */
function heldAddress(): ServerAddress | null {
  const text = process.env.PULLO_HELD_ADDRESS;
  // It is not for what the app starts itself.
  delete process.env.PULLO_HELD_ADDRESS;
  return text === undefined ? null : (JSON.parse(text) as ServerAddress);
}

function load({ app, settings, options, variables, isDev }: Configuration, logger: Logger): Promise<App> {
  Object.assign(process.env, variables);
  const { appDir: folder, factory: isFactory } = options;
  const loaded = loadApp({ reference: app, folder, isFactory, showsErrors: isDev }, settings.interface);
  return orLeft(orStuck(loaded, logger, loading(app)), app, logger);
}

/** Lets SIGTERM end the process meanwhile: the first process of a container gets no signal that it does not listen to. */
async function orTerminated<Value>(app: Promise<Value>): Promise<Value> {
  const end = (): void => leave(EXIT.stopped);
  process.once('SIGTERM', end);
  try {
    return await app;
  } finally {
    process.off('SIGTERM', end);
  }
}

function codeOf({ isForced, error }: StopReport): number {
  return isForced || error !== null ? EXIT.failed : EXIT.stopped;
}

async function supervising(settings: Settings, options: RunOptions, logger: Logger): Promise<number> {
  logger.log('info', `Started parent process [${process.pid}]`);
  const supervisor = new Supervisor({ ...settings, ...options }, logger);
  new StopSignals(logger, ['SIGINT', 'SIGTERM']).stops(supervisor);
  process.on('SIGHUP', () => void supervisor.roll());
  process.on('SIGTTIN', () => void supervisor.grow());
  process.on('SIGTTOU', () => supervisor.shrink());
  await supervisor.start();
  return supervisor.closed;
}

async function reloading(settings: Settings, options: RunOptions, logger: Logger): Promise<number> {
  if (options.workers > 1)
    logger.log(
      'warning',
      `One process serves while reload is on: ${settings.nameOf('workers')} has no effect.`,
    );
  const missing = options.reloadDirs.find((folder) => !isFolder(folder));
  if (missing !== undefined) {
    throw new InvalidOption(`Cannot watch ${JSON.stringify(missing)}: there is no such folder.`);
  }
  logger.log('info', `Watching ${options.reloadDirs.join(', ')} for changes [${process.pid}]`);
  const reloader = new Reloader({ ...settings, ...options }, logger);
  await reloader.start();
  new StopSignals(logger).stops(reloader);
  return reloader.closed;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Logs why a server did not start, and gives the exit code. */
async function orExplain(logger: Logger, serving: () => Promise<number>): Promise<number> {
  try {
    return await serving();
  } catch (error) {
    if (error instanceof InvalidOption) throw error;
    if (error instanceof LoadFailed) logger.log('error', error.message, error.cause);
    else if (error instanceof StartupFailed) logger.log('error', error.message, causeToShow(error));
    else logger.log('error', 'The server failed.', error);
    return EXIT.notStarted;
  } finally {
    logger.flush?.();
  }
}

/** What the app threw. An error of the system says nothing that the message does not. */
function causeToShow({ cause }: StartupFailed): unknown {
  return cause instanceof Error && 'syscall' in cause ? undefined : cause;
}
