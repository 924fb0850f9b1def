import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { InvalidOption } from '../errors.js';
import { SERVE_OPTIONS } from '../options.js';
import { addFlags, type Given, readFlags } from './flags.js';
import { EXIT, run } from './run.js';

const EXAMPLES = `
Examples:
  pullo run hello.ts               the default export of hello.ts, or its export app
  pullo run src/main:api           the export api of src/main.ts, .mts, .js or .mjs
  pullo run hello.ts --port 0      on a free port
  PULLO_PORT=3000 pullo run hello.ts

Every flag is also a variable: --max-body-bytes is PULLO_MAX_BODY_BYTES. A flag beats a variable.
Times are written 500ms, 30s, 5m; sizes 1000, 16KiB, 64MiB; none lifts a limit.
TypeScript runs through tsx if the app has it, else through Node's own stripping of types.

Exit codes: 0 stopped as asked, 1 wrong usage, forced stop or failed shutdown, 3 the app did not start.
`;

/** The `pullo` command. */
export function program(): Command {
  const pullo = new Command('pullo')
    .description('Serves ASGI-shaped apps on Node.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(see pullo --help)');
  const command = pullo
    .command('run')
    .argument('<module[:name]>', 'path of a module, and the name of its export (default: default, then app)')
    .description('serve an app')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(see pullo run --help)')
    .addHelpText('after', EXAMPLES)
    .action(async (reference: string, given: Given) => {
      process.exit(await runOrExplain(command, reference, given));
    });
  addFlags(command, SERVE_OPTIONS);
  return pullo;
}

async function runOrExplain(command: Command, reference: string, given: Given): Promise<number> {
  try {
    return await run(reference, readFlags(SERVE_OPTIONS, given, process.env));
  } catch (error) {
    if (error instanceof InvalidOption) command.error(`error: ${error.message}`, { exitCode: EXIT.failed });
    throw error;
  }
}

function version(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}
