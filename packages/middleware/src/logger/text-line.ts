import { errorText } from './error-text.js';
import { escapeControls } from './escape.js';
import { type LogRecord, SWITCHING_PROTOCOLS } from './record.js';

type Colour = 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, number>> = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

const coloured: Paint = (colour, text) => `\x1b[${CODES[colour]}m${text}\x1b[0m`;
const plain: Paint = (_colour, text) => text;

/** A record as a line for people: `GET /notes 200 1.2 ms 340 B`. */
export function textLine(record: LogRecord): string {
  return line(record, plain);
}

/** The same with the colours of a terminal. */
export function colouredLine(record: LogRecord): string {
  return line(record, coloured);
}

function line(record: LogRecord, paint: Paint): string {
  const { method, path, status, duration, bytes, requestId, headers, cut, error } = record;
  const time = inUnits(duration, 1000, ['ms', 's']);
  // A session has no body.
  const size = status === SWITCHING_PROTOCOLS ? '' : ` ${inUnits(bytes, 1000, ['B', 'kB', 'MB', 'GB'])}`;
  const parts = [
    escapeControls(`${method} ${path}`),
    paint(colourOf(status), String(status)),
    paint('dim', `${time}${size}`),
  ];
  if (cut) parts.push(paint('yellow', 'cut'));
  if (requestId !== undefined) parts.push(paint('dim', escapeControls(requestId)));
  if (headers !== undefined) parts.push(paint('dim', escapeControls(JSON.stringify(headers))));
  if (error !== undefined) parts.push(paint(status >= 500 ? 'red' : 'dim', escapeControls(errorText(error))));
  return parts.join(' ');
}

function colourOf(status: number): Colour {
  if (status >= 500) return 'red';
  if (status >= 400) return 'yellow';
  return status >= 300 ? 'cyan' : 'green';
}

/** Three digits or so, in the largest unit that has at least one of it. */
function inUnits(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= step && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  const digits = rest < 100 && !Number.isInteger(rest) ? 1 : 0;
  return `${rest.toFixed(digits)} ${units[unit]}`;
}
