import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { nearest } from './nearest.js';

/** What others call our commands ... */
const COMMANDS: Record<string, string> = {
  serve: 'run',
  start: 'run',
  watch: 'dev',
  list: 'routes',
  help: '--help',
  version: '--version',
};
/** ... and our flags: uvicorn, gunicorn, and servers for Node. */
const FLAGS: Record<string, string> = {
  '-v': '--version',
  '-V': '--version',
  '-p': '--port',
  '-b': '--host',
  '--bind': '--host',
  '--address': '--host',
  '-w': '--workers',
  '--cluster': '--workers',
  '--watch': '--reload',
  '--use-colors': '--colors',
  '--ssl-certfile': '--tls-cert',
  '--certfile': '--tls-cert',
  '--cert': '--tls-cert',
  '--ssl-keyfile': '--tls-key',
  '--keyfile': '--tls-key',
  '--key': '--tls-key',
  '--ssl-ca-certs': '--tls-ca',
  '--forwarded-allow-ips': '--trusted-proxy',
  '--limit-max-requests': '--max-requests',
  '--timeout-keep-alive': '--keep-alive-timeout',
  '--timeout-graceful-shutdown': '--graceful-timeout',
  '--timeout-worker-healthcheck': '--worker-timeout',
  '--ws-max-size': '--ws-max-message-bytes',
  '--prefix': '--root-path',
};
/** As commander says it, with what it has to suggest. */
const UNKNOWN_FLAG = /unknown option '(--[^'=]+|-.)[^']*'(?:\n\(Did you mean .*\))?/;
/** A path rather than a command. */
const PATH = /[/\\:]/;

/** The error of a command line that does not begin with a command of ours, with what was probably meant. */
export function unknownCommand(pullo: Command, args: readonly string[]): string {
  const [first = ''] = args;
  if (first.startsWith('-')) return problem(`unknown option '${first}'`, meantByFlag(pullo, args));
  return problem(`unknown command '${first}'`, meantByWord(pullo, args));
}

/** An error of commander's, with our flag in place of that which others have for the same. */
export function withMeantFlag(command: Command, message: string): string {
  return message.replace(UNKNOWN_FLAG, (text, flag: string) => {
    const meant = FLAGS[flag];
    if (meant === undefined || !flagsOf(command).includes(meant)) return text;
    return `unknown option '${flag}'${hint(meant)}`;
  });
}

function meantByWord(pullo: Command, args: readonly string[]): string | null {
  const [word = '', ...rest] = args;
  if (isModule(word)) return shown('run', args);
  const name =
    COMMANDS[word] ??
    nearest(
      word,
      pullo.commands.map((command) => command.name()),
    );
  return name === null ? null : shown(name, name.startsWith('-') ? [] : rest);
}

/** A flag of `pullo run` stands after that. */
function meantByFlag(pullo: Command, args: readonly string[]): string | null {
  const [, name = ''] = /^(--[^=]+|-.)/.exec(args[0] ?? '') ?? [];
  const run = pullo.commands.find((command) => command.name() === 'run');
  const ofRun = run === undefined ? [] : flagsOf(run);
  if (ofRun.includes(name)) return shown('run', args);
  const meant = FLAGS[name] ?? nearest(name, ['--help', ...flagsOf(pullo), ...ofRun]);
  return meant !== null && ofRun.includes(meant) ? shown('run', [meant, '...']) : meant;
}

function isModule(word: string): boolean {
  return PATH.test(word) || extname(word) !== '' || existsSync(word);
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => long ?? []);
}

/** A command line that can be copied. */
function shown(command: string, args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return ['pullo', command, ...quoted].join(' ');
}

function problem(what: string, meant: string | null): string {
  return `error: ${what}${meant === null ? '' : hint(meant)}`;
}

function hint(meant: string): string {
  return `\n(Did you mean ${meant}?)`;
}
