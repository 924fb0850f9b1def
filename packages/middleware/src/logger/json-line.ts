import { UNREADABLE } from './error-text.js';
import { escapeControls } from './escape.js';
import { type LogRecord, levelOf } from './record.js';

/** A record as a line of JSON. */
export function jsonLine(record: LogRecord): string {
  const { error, ...rest } = record;
  const line = JSON.stringify({
    time: new Date().toISOString(),
    level: levelOf(record),
    ...rest,
    ...(error !== undefined && { error: errorFields(error) }),
  });
  // What JSON leaves as it is, is inside of its strings, where the escape means the same.
  return escapeControls(line);
}

function errorFields(error: unknown): Record<string, string> {
  try {
    if (!(error instanceof Error)) return { message: String(error) };
    const { name, message } = error;
    return {
      name: String(name),
      message: String(message),
      ...('code' in error && { code: String(error.code) }),
    };
  } catch {
    return { message: UNREADABLE };
  }
}
