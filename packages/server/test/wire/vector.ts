/** What a client sends on a connection of its own, and what has to come of it. */
export interface Vector {
  name: string;
  /** Latin-1. */
  bytes: string;
  /**
   * The answers in order. A number is a refusal of the server's, which no app saw and after which the connection ends. A text is
   * what the app saw: method, target, and body if there was one.
   */
  answers: readonly (number | string)[];
  /** Where it is written. */
  rfc: string;
  /** Whether the connection ends after the last answer, though that is no refusal. */
  closes?: boolean;
  /** How often the app is called beyond the answers that say so: for requests that fail while it is running. */
  failed?: number;
  /** Also right where the bytes come in pieces: what the server says more exactly when it sees the line as a whole. */
  inPieces?: readonly number[];
  /** The client ends its half after the bytes. */
  ends?: boolean;
}

type More = Partial<Pick<Vector, 'closes' | 'failed' | 'inPieces' | 'ends'>>;

/** A row of a table of vectors. */
export type Row = readonly [
  name: string,
  bytes: string,
  answers: number | string | readonly (number | string)[],
  more?: More,
];

/** A table of vectors that one section of a specification decides. */
export function vectors(rfc: string, rows: readonly Row[]): Vector[] {
  return rows.map(([name, bytes, answers, more]) => ({
    name,
    bytes,
    answers: typeof answers === 'object' ? answers : [answers],
    rfc,
    ...more,
  }));
}

/** Lines as a head. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A GET with more lines after its Host. */
export function get(...lines: string[]): string {
  return head('GET / HTTP/1.1', 'Host: a', ...lines);
}

/** A POST with more lines after its Host, and a body. */
export function post(lines: string | string[], body = ''): string {
  return head('POST / HTTP/1.1', 'Host: a', ...[lines].flat()) + body;
}

/** A POST in chunks. */
export function chunked(body: string): string {
  return post('Transfer-Encoding: chunked', body);
}
