import { InvalidOption } from '../errors.js';
import { fill, type OptionTable } from '../option-table.js';
import { SERVE_OPTIONS, type ServeOptions, type Settings, settle } from '../options.js';
import { readEnvFile } from './env-file.js';
import { type Given, namesOf, readFlags } from './flags.js';
import type { AppReference } from './load-app.js';
import { misspelt } from './misspelt.js';
import { RUN_OPTIONS, type RunOptions } from './run-options.js';
import { activatedSocket } from './socket-activation.js';

/** How long a process that is replaced because a file has changed waits for what runs. */
const RELOAD_GRACE = 1000;

/** All that `pullo run` takes. */
export const COMMAND_OPTIONS: OptionTable<Required<ServeOptions> & RunOptions> = {
  ...SERVE_OPTIONS,
  ...RUN_OPTIONS,
};

/** All that `pullo dev` takes, with the defaults that it has. */
export const DEV_OPTIONS: OptionTable<Required<ServeOptions> & RunOptions> = {
  ...COMMAND_OPTIONS,
  reload: { ...RUN_OPTIONS.reload, default: true },
  gracefulTimeout: { ...SERVE_OPTIONS.gracefulTimeout, default: RELOAD_GRACE },
};

const { factory, appDir, envFile } = RUN_OPTIONS;

/** What `pullo routes` takes. */
export const LOAD_OPTIONS: OptionTable<Pick<RunOptions, 'factory' | 'appDir' | 'envFile'>> = {
  factory,
  appDir,
  envFile,
};

/** What a command line asks for. */
export interface Configuration {
  /** `module[:name]`. */
  app: string;
  /** Whether the command is `pullo dev`. */
  isDev: boolean;
  settings: Settings;
  options: RunOptions;
  /** What the process that loads the app adds to its environment. */
  variables: NodeJS.ProcessEnv;
  /** What is to be told before it begins. */
  warnings: readonly string[];
}

/** Reads the command line, the environment and the file of variables. Throws `InvalidOption`. */
export function configure(
  command: 'run' | 'dev',
  reference: string | undefined,
  given: Given,
): Configuration {
  const isDev = command === 'dev';
  const variables = readVariables(given);
  // Frameworks and libraries ask for it, and take what is not set for development or for production.
  if (isDev) variables.NODE_ENV = process.env.NODE_ENV ?? variables.NODE_ENV ?? 'development';
  const fd = activatedSocket(process.env);
  const environment = { ...variables, ...process.env };
  const app = named(command, reference, environment);
  const options = fill(RUN_OPTIONS, {
    ...(isDev ? { reload: true } : {}),
    ...readFlags(RUN_OPTIONS, given, environment),
  });
  const settings = settle(
    {
      ...(options.reload ? { gracefulTimeout: RELOAD_GRACE } : {}),
      ...(fd === undefined ? {} : { fd }),
      ...readFlags(SERVE_OPTIONS, given, environment),
    },
    namesOf(COMMAND_OPTIONS, given, environment),
  );
  return { app, isDev, settings, options, variables, warnings: misspelt(COMMAND_OPTIONS, environment) };
}

/** What `pullo routes` needs to know, read in the same way; the variables go into the environment. Throws `InvalidOption`. */
export function configureLoading(reference: string | undefined, given: Given): AppReference {
  Object.assign(process.env, readVariables(given));
  const options = fill(RUN_OPTIONS, readFlags(LOAD_OPTIONS, given, process.env));
  return {
    reference: named('routes', reference, process.env),
    folder: options.appDir,
    isFactory: options.factory,
  };
}

function readVariables(given: Given): NodeJS.ProcessEnv {
  const { envFile } = readFlags({ envFile: RUN_OPTIONS.envFile }, given, process.env);
  return envFile === undefined ? {} : readEnvFile(envFile, process.env);
}

function named(command: string, reference: string | undefined, environment: NodeJS.ProcessEnv): string {
  const app = reference ?? environment.PULLO_APP;
  if (app !== undefined && app !== '') return app;
  throw new InvalidOption(
    `Which app? Give the path of its module, such as: pullo ${command} src/main.ts, or set PULLO_APP.`,
  );
}
