import { type Command, Option } from 'commander';
import type { ServeOptions } from '../options.js';
import { duration, number, type Parse, size, word, yesOrNo } from './values.js';

/** An option of `serve` as a flag, and as a variable: `maxBodyBytes` is `--max-body-bytes` and `PULLO_MAX_BODY_BYTES`. */
interface Flag {
  option: keyof ServeOptions;
  /** How the value is called in the help; a flag without one is a switch. */
  value?: string;
  /** The help of the switch's `--no-` form. */
  no?: string;
  parse: Parse;
  help: string;
}

const FLAGS: readonly Flag[] = [
  { option: 'host', value: 'address', parse: word, help: 'address to listen on (default: 127.0.0.1)' },
  {
    option: 'port',
    value: 'number',
    parse: number,
    help: 'port to listen on; 0 picks a free one (default: 8000)',
  },
  {
    option: 'lifespan',
    value: 'mode',
    parse: word,
    help: 'auto: run it if the app speaks it; on: the app must; off: never (default: auto)',
  },
  {
    option: 'logLevel',
    value: 'level',
    parse: word,
    help: 'debug, info, warning, error or silent (default: info)',
  },
  {
    option: 'accessLog',
    parse: yesOrNo,
    help: 'log answered requests (the default)',
    no: 'do not log answered requests',
  },
  {
    option: 'colors',
    parse: yesOrNo,
    help: 'colours in the log (default: if it goes to a terminal)',
    no: 'no colours in the log',
  },
  {
    option: 'gracefulTimeout',
    value: 'time',
    parse: duration,
    help: 'how long to wait for what runs when stopping (default: 30s)',
  },
  {
    option: 'keepAliveTimeout',
    value: 'time',
    parse: duration,
    help: 'how long a connection may stay idle (default: 5s)',
  },
  {
    option: 'headersTimeout',
    value: 'time',
    parse: duration,
    help: 'how long the head of a request may take (default: 20s)',
  },
  {
    option: 'requestTimeout',
    value: 'time',
    parse: duration,
    help: 'how long a whole request may take to arrive (default: 5m)',
  },
  {
    option: 'maxHeaderBytes',
    value: 'size',
    parse: size,
    help: 'longest head of a request (default: 16KiB)',
  },
  {
    option: 'maxHeaderCount',
    value: 'number',
    parse: number,
    help: 'most header fields of a request (default: 128)',
  },
  { option: 'maxTargetBytes', value: 'size', parse: size, help: 'longest path and query (default: 8KiB)' },
  { option: 'maxBodyBytes', value: 'size', parse: size, help: 'longest body of a request (default: 64MiB)' },
];

/** Adds a flag for every option of `serve` to a command. */
export function addFlags(command: Command): void {
  for (const { option, value, help, no } of FLAGS) {
    const flag = kebab(option);
    if (value === undefined) {
      command.addOption(new Option(`--${flag}`, help)).addOption(new Option(`--no-${flag}`, no));
    } else {
      command.addOption(new Option(`--${flag} <${value}>`, help));
    }
  }
}

/** The options of `serve` that the command line and the environment give: a flag beats a variable. Throws `InvalidOption`. */
export function readFlags(
  given: Record<string, string | boolean | undefined>,
  environment: NodeJS.ProcessEnv,
): ServeOptions {
  const options: Record<string, unknown> = {};
  for (const { option, parse } of FLAGS) {
    const flag = given[option];
    const name = variable(option);
    const text = environment[name];
    if (typeof flag === 'boolean') options[option] = flag;
    else if (flag !== undefined) options[option] = parse(flag, `--${kebab(option)}`);
    else if (text !== undefined && text !== '') options[option] = parse(text, name);
  }
  return options;
}

function kebab(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variable(option: string): string {
  return `PULLO_${kebab(option).replaceAll('-', '_').toUpperCase()}`;
}
