import { fileURLToPath } from 'node:url';

/** One line of a stack. */
export interface Frame {
  /** The function, as V8 names it; empty at the top of a module. */
  readonly caller: string;
  /** An absolute path, or a module of Node; `undefined` for what has none, such as `<anonymous>`. */
  readonly file: string | undefined;
  /** From 1; 0 where it is not known. */
  readonly line: number;
  /** From 1; 0 where it is not known. */
  readonly column: number;
}

const LOCATED =
  /^at (?:async )?(?:(?<caller>.+) \()?(?<file>(?:file:\/\/|node:|[A-Za-z]:[\\/]|\/)[^()]*?):(?<line>\d+):(?<column>\d+)\)?$/;
const UNLOCATED = /^at (?:async )?(?<caller>.+?)(?: \(.*\))?$/;

/** More would not be read. */
const MAX_FRAMES = 60;

/**
 * The frames of an error's stack, the innermost first.
 *
 * The stack begins with the message, which may hold what a client has sent, and lines of it that look like frames are none.
 */
export function framesOf(error: Error): Frame[] {
  const { stack } = error;
  if (typeof stack !== 'string') return [];
  const message = String(error.message);
  const end = stack.indexOf(message);
  const lines = stack.slice(end < 0 ? 0 : end + message.length).split('\n', MAX_FRAMES + 1);
  return lines.flatMap((line) => parseFrame(line.trim()));
}

function parseFrame(line: string): Frame[] {
  const located = LOCATED.exec(line)?.groups;
  if (located !== undefined) {
    const { caller = '', file = '', line: row, column } = located;
    return [{ caller, file: pathOf(file), line: Number(row), column: Number(column) }];
  }
  const caller = UNLOCATED.exec(line)?.groups?.caller;
  return caller === undefined ? [] : [{ caller, file: undefined, line: 0, column: 0 }];
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // Such as a URL with a host, which is no file here.
    return file;
  }
}
