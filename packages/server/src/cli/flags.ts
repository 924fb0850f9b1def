import { type Command, Option } from 'commander';
import type { Form, Kind } from '../option-kinds.js';
import { type Flag, GROUPS, type OptionRow, type OptionTable, refused } from '../option-table.js';
import { READERS, written } from './values.js';

/** What commander has read of the command line, by the names of the flags in camel case. */
export type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A row of a table of options, as far as the command line is concerned. */
interface Row {
  option: string;
  kind: Kind<unknown>;
  form: Form;
  flag: Flag;
  /** Without the two dashes. */
  name: string;
  fallback: unknown;
}

/** Adds a flag for every option of a table that has one, under the headings of the help. */
export function addFlags<Options>(command: Command, table: OptionTable<Options>): void {
  const rows = rowsOf(table);
  for (const group of GROUPS) {
    for (const row of rows) {
      if (row.flag.group !== group) continue;
      for (const option of flagsOf(row)) command.addOption(option.helpGroup(`${group}:`));
    }
  }
}

/** The options that the command line and the environment give: a flag beats a variable. Throws `InvalidOption`. */
export function readFlags<Options>(
  table: OptionTable<Options>,
  given: Given,
  environment: NodeJS.ProcessEnv,
): Partial<Options> {
  const options: Record<string, unknown> = {};
  for (const row of rowsOf(table)) {
    const flag = given[camel(row.name)];
    if (flag !== undefined) {
      options[row.option] = read(row, flag, `--${row.name}`);
      continue;
    }
    const variable = variablesOf(row).find((name) => environment[name]);
    const text = variable === undefined ? undefined : environment[variable];
    if (variable !== undefined && text !== undefined) options[row.option] = read(row, text, variable);
  }
  // Every value has passed the check of its row.
  return options as Partial<Options>;
}

function read(row: Row, given: string | boolean | readonly string[], source: string): unknown {
  const isText = typeof given === 'string' && row.kind.words?.includes(given) !== true;
  const value = isText ? READERS[row.form](given, source, row.kind.words) : given;
  if (row.kind.accepts(value)) return value;
  throw refused(source, row.kind.asWritten ?? row.kind.expected, given);
}

function variablesOf({ name, flag }: Row): string[] {
  const own = `PULLO_${name.replaceAll('-', '_').toUpperCase()}`;
  return flag.variable === undefined ? [own] : [own, flag.variable];
}

function rowsOf<Options>(table: OptionTable<Options>): Row[] {
  const rows: Row[] = [];
  for (const [option, { kind, flag, default: fallback }] of Object.entries<OptionRow<unknown>>(table)) {
    if (flag === undefined || kind.form === null) continue;
    rows.push({ option, kind, form: kind.form, flag, name: flag.name ?? kebab(option), fallback });
  }
  return rows;
}

function flagsOf(row: Row): Option[] {
  const { name, form, flag, fallback } = row;
  const isPlain = fallback === undefined || typeof fallback === 'boolean';
  const usual = flag.fallback ?? (isPlain ? undefined : written(form, fallback));
  const help = usual === undefined ? flag.help : `${flag.help} (default: ${usual})`;
  if (form === 'switch') return switchOf(row, help);
  const option = new Option(`--${name} <${flag.value ?? form}>`, help);
  if (form !== 'list') return [option];
  return [option.argParser((item: string, before: string[] = []) => [...before, item])];
}

/** `--name` and `--no-name`, of which a switch that is on shows the second: it is the one that has an effect. */
function switchOf({ name, flag, fallback }: Row, help: string): Option[] {
  const on = new Option(`--${name}`, help);
  const off = new Option(`--no-${name}`, `do not ${flag.help}`);
  if (fallback === true) return [on.hideHelp(), off];
  if (fallback === false) return [on, off.hideHelp()];
  return [on, new Option(`--no-${name}`, `no ${flag.help}`)];
}

function kebab(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(flag: string): string {
  return flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
