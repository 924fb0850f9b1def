import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** How esbuild, and so tsx, names the place of an error. */
const PLACE = /^(.+):(\d+):(\d+): ERROR: (.+)$/m;
/** How many lines are shown above and below the one that is wrong. */
const AROUND = 2;
/** The folder of these modules, whose calls say nothing about the app. */
const OWN = fileURLToPath(new URL('.', import.meta.url));

/** An error that a module threw while it was loaded, as it helps most: with the line that is wrong, or where it was thrown. */
export function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;
  const [, path, line, column, problem] = PLACE.exec(error.message) ?? [];
  if (path !== undefined && problem !== undefined) {
    error.stack = `${path}:${line}:${column}: ${problem}${frame(path, Number(line), Number(column))}`;
  } else if (error instanceof SyntaxError) {
    error.stack = placeOfSyntaxError(file) ?? error.stack ?? '';
  } else {
    error.stack = withoutLoader(error.stack ?? '');
  }
  return hasCalls(error) ? error : plain(error);
}

/** An error that a factory threw, without the calls that led to it. */
export function thrownByFactory(error: unknown): unknown {
  if (error instanceof Error) error.stack = withoutLoader(error.stack ?? '');
  return error;
}

function hasCalls({ stack = '' }: Error): boolean {
  return stack.includes('\n    at ');
}

/** As its text and nothing else: Node would put one without calls into brackets, with its fields after it. */
function plain(error: Error): Error {
  const text = (error.stack ?? error.message).replace(/^Error \[\w+\]: /, 'Error: ').trimEnd();
  Object.defineProperty(error, inspect.custom, { value: () => text });
  return error;
}

function frame(path: string, line: number, column: number): string {
  let source: string[];
  try {
    source = readFileSync(path, 'utf8').split('\n');
  } catch {
    return '';
  }
  const first = Math.max(1, line - AROUND);
  const last = Math.min(source.length, line + AROUND);
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>' : ' ';
    shown.push(`${mark} ${String(number).padStart(width)} | ${source[number - 1]}`);
    if (number === line) shown.push(`  ${' '.repeat(width)} | ${' '.repeat(column)}^`);
  }
  return `\n\n${shown.join('\n')}\n`;
}

/** What Node prints of a syntax error that nobody catches, which alone has its place: in the module, or in one that it imports. */
function placeOfSyntaxError(file: string): string | undefined {
  const finder = fileURLToPath(new URL('find-syntax-error.js', import.meta.url));
  return printed(['--check', file]) ?? printed(['--experimental-vm-modules', finder, file]);
}

function printed(args: string[]): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--no-warnings', ...args], { encoding: 'utf8' });
  const end = stderr.indexOf('\n    at ');
  return stderr.includes('SyntaxError') && end !== -1 ? stderr.slice(0, end) : undefined;
}

/** A stack up to where the app was loaded from. */
function withoutLoader(stack: string): string {
  const lines = stack.split('\n');
  const isOwn = (line: string): boolean => line.startsWith('    at ') && line.includes(OWN);
  const isInternal = (line: string): boolean => line.includes('(node:internal/modules/');
  const end = lines.findIndex(isOwn);
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .filter((line) => !isInternal(line))
    .join('\n');
}
