import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { InvalidOption } from '../errors.js';
import { TextLogger } from '../text-logger.js';
import { COMMAND_OPTIONS, configure, configureLoading, DEV_OPTIONS, LOAD_OPTIONS } from './configure.js';
import { EXIT } from './exit-codes.js';
import { addFlags, type Given } from './flags.js';
import { LoadFailed } from './load-failed.js';
import { routesOf } from './routes.js';
import { run } from './run.js';
import { loading, orStuck } from './stuck.js';
import { unknownCommand, withMeantFlag } from './suggest.js';

const EXAMPLES = `
Examples:
  pullo run hello.ts               the default export of hello.ts, or its export app
  pullo run src/main:api           the export api of src/main.ts, .mts, .js or .mjs
  pullo run hello.ts --port 0      on a free port
  pullo run hello.ts --workers 4   in four processes
  PULLO_PORT=3000 pullo run hello.ts

Every flag is also a variable: --max-body-bytes 1MiB is PULLO_MAX_BODY_BYTES=1MiB, --no-access-log
is PULLO_ACCESS_LOG=no; those that may be repeated take commas, and PULLO_HEADER lines. A flag
beats a variable.
Times are written 500ms, 30s, 5m; sizes 1000, 16KiB, 64MiB; none lifts a limit.
TypeScript runs through tsx if the app has it, else through Node's own stripping of types.

Signals: SIGINT and SIGTERM stop gracefully, a second one at once. With workers SIGHUP replaces
them one by one, SIGTTIN adds one, SIGTTOU removes one; without, SIGHUP stops too.
Exit codes: 0 stopped as asked, 1 wrong usage, forced stop or failed shutdown, 3 the app did not start.
`;

/** The `pullo` command. */
export function program(): Command {
  const pullo = new Command('pullo')
    .description('Serves ASGI-shaped apps on Node.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(see pullo --help)')
    .usage('[options] <command>')
    // What is no command comes to the action, which knows what may have been meant.
    .allowUnknownOption()
    .allowExcessArguments();
  pullo.action(() => {
    if (pullo.args.length === 0) pullo.help({ error: true });
    pullo.error(unknownCommand(pullo, pullo.args), { exitCode: EXIT.failed });
  });
  addServing(pullo, 'run', 'serve an app');
  addServing(pullo, 'dev', 'serve an app for development, and start it anew when a file changes');
  addRoutes(pullo);
  return pullo;
}

function addServing(pullo: Command, name: 'run' | 'dev', description: string): void {
  const command = addCommand(pullo, name, description).addHelpText(
    'after',
    EXAMPLES.replaceAll('pullo run', `pullo ${name}`),
  );
  addFlags(command, name === 'dev' ? DEV_OPTIONS : COMMAND_OPTIONS);
  command.action(async (reference: string | undefined, given: Given) => {
    process.exit(await orRefuse(command, () => run(configure(name, reference, given))));
  });
}

function addRoutes(pullo: Command): void {
  const command = addCommand(
    pullo,
    'routes',
    'list the routes of an app, with what runs before their handlers',
  );
  command.option('--json', 'print all that the app tells of itself as JSON');
  addFlags(command, LOAD_OPTIONS);
  command.action(async (reference: string | undefined, given: Given) => {
    process.exit(await orRefuse(command, () => printRoutes(reference, given)));
  });
}

function addCommand(pullo: Command, name: string, description: string): Command {
  const command = pullo.command(name);
  return command
    .allowExcessArguments(false)
    .configureOutput({ outputError: (message, write) => write(withMeantFlag(command, message)) })
    .argument('[module[:name]]', 'path of a module, and the name of its export (default: default, then app)')
    .description(description)
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError(`(see pullo ${name} --help)`);
}

async function printRoutes(reference: string | undefined, given: Given): Promise<number> {
  const logger = new TextLogger({ logLevel: 'warning', colors: 'auto' });
  try {
    const form = given.json === true ? 'json' : 'table';
    const app = configureLoading(reference, given);
    const text = await orStuck(routesOf(app, form), logger, loading(app.reference));
    // The process ends next, and a pipe takes what is written in its own time.
    await new Promise<void>((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
    return EXIT.stopped;
  } catch (error) {
    if (!(error instanceof LoadFailed)) throw error;
    logger.log('error', error.message, error.cause);
    return EXIT.notStarted;
  }
}

/** Ends the process with what was wrong with the command line. */
async function orRefuse(command: Command, doing: () => Promise<number>): Promise<number> {
  try {
    return await doing();
  } catch (error) {
    if (error instanceof InvalidOption) command.error(`error: ${error.message}`, { exitCode: EXIT.failed });
    throw error;
  }
}

function version(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return `Pullo ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
