import { type Command, Option } from 'commander';
import type { Form, Kind } from '../option-kinds.js';
import type { NameOf } from '../option-names.js';
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
    const source = sourceOf(row, given, environment);
    if (source !== null) options[row.option] = read(row, source.value, source.name);
  }
  // Every value has passed the check of its row.
  return options as Partial<Options>;
}

/** What the options are called where they were given; one that was not, by both of its names. */
export function namesOf<Options>(
  table: OptionTable<Options>,
  given: Given,
  environment: NodeJS.ProcessEnv,
): NameOf {
  const names = new Map<string, string>();
  for (const row of rowsOf(table)) {
    const source = sourceOf(row, given, environment);
    names.set(row.option, source?.name ?? `--${row.name} (or ${variablesOf(row)[0]})`);
  }
  return (option) => names.get(option) ?? option;
}

/** The variables of a table, by how they are spelt; as one may think that they are, too: by the option's name, or with `NO`. */
export function variablesBySpelling<Options>(table: OptionTable<Options>): Map<string, string> {
  const variables = new Map<string, string>();
  for (const row of rowsOf(table)) {
    const [own = ''] = variablesOf(row);
    variables.set(variableOf(kebab(row.option)), own);
    if (row.form === 'switch') variables.set(variableOf(`no-${row.name}`), `${own}=no`);
    variables.set(own, own);
  }
  return variables;
}

/** Where an option comes from, if it was given. */
function sourceOf(
  row: Row,
  given: Given,
  environment: NodeJS.ProcessEnv,
): { name: string; value: string | boolean | readonly string[] } | null {
  const flag = given[camel(row.name)];
  if (flag !== undefined) return { name: `--${row.name}`, value: flag };
  for (const name of variablesOf(row)) {
    const value = environment[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}

function read(row: Row, given: string | boolean | readonly string[], source: string): unknown {
  const isText = typeof given === 'string' && row.kind.words?.includes(given) !== true;
  const value = isText ? READERS[row.form](given, source, row.kind.words) : given;
  if (row.kind.accepts(value)) return value;
  throw refused(source, row.kind.asWritten ?? row.kind.expected, given);
}

function variablesOf({ name, flag }: Row): string[] {
  const own = variableOf(name);
  return flag.variable === undefined ? [own] : [own, flag.variable];
}

function variableOf(name: string): string {
  return `PULLO_${name.replaceAll('-', '_').toUpperCase()}`;
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
  if (form !== 'list' && form !== 'lines') return [option];
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
