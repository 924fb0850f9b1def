import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Command } from '../support/command.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Options whose flag has another name: it is repeated, and so in the singular. */
const SINGULARS = new Map([
  ['--headers', '--header'],
  ['--trusted-proxies', '--trusted-proxy'],
]);
/** Where the help says in words what the table says otherwise. */
const IN_WORDS = new Map([
  ['auto', 'ifitgoestoaterminal'],
  ["Node's", 'thoseofNode'],
  ['modules, JSON, .env', 'modules,*.json,.env'],
  ['`node_modules`, .\\*', 'node_modules,.*/'],
  ['`$WEB_CONCURRENCY`', '$WEB_CONCURRENCYor1'],
]);

/** The flags of a command with their defaults, as its help has them; those of a switch are yes and no. */
async function helped(...args: string[]): Promise<Map<string, string>> {
  const command = new Command([...args, '--help']);
  await command.exited;
  const flags = new Map<string, string>();
  for (const [, no, name, rest] of command.stdout.matchAll(
    /^ {2}--(no-)?([a-z0-9-]+)((?:.*\n(?! {2}-|\n))*.*)/gm,
  )) {
    const isSwitch = !/^ <[^>]+>/.test(rest as string);
    const usual = /\(default:([^)]*)\)/.exec((rest as string).replaceAll(/\s/g, ''))?.[1];
    if (!flags.has(`--${name}`)) flags.set(`--${name}`, usual ?? (isSwitch ? (no ? 'yes' : 'no') : ''));
  }
  return flags;
}

/** The same as the tables of the README have them. */
function documented(): Map<string, string> {
  const flags = new Map<string, string>();
  for (const [, name = '', usual = ''] of README.matchAll(/^\| `([a-z-]\S*)` +\| (.*?) +\|/gim)) {
    const flag = name.startsWith('--')
      ? name
      : `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const known = IN_WORDS.get(usual.replace('`auto`', flag === '--colors' ? 'auto' : '`auto`'));
    flags.set(SINGULARS.get(flag) ?? flag, known ?? plain(usual));
  }
  return flags;
}

/** Without marks and spaces, and times in the unit of the help. */
function plain(usual: string): string {
  const text = usual.replaceAll(/[`\s]/g, '').replace('0o', '');
  const seconds = /^(\d+)s$/.exec(text)?.[1];
  return seconds !== undefined && Number(seconds) % 60 === 0 ? `${Number(seconds) / 60}m` : text;
}

describe('the tables of the README', () => {
  it('have the flags of the help, with their defaults', async () => {
    const sorted = (flags: Map<string, string>) => [...flags].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(documented())).toEqual(sorted(await helped('run')));
  });
});

describe('the help of pullo dev', () => {
  it('has the defaults of development, and the others of pullo run', async () => {
    const flags = await helped('run');
    flags.set('--reload', 'yes').set('--graceful-timeout', '1s');
    expect(await helped('dev')).toEqual(flags);
  });
});
