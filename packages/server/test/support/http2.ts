import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Server } from '@pullo/server';
import { onTestFinished } from 'vitest';
import { TRUSTING } from './certificates.ts';

/** What came back on one stream. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of interim responses. */
  informed: IncomingHttpHeaders[];
  trailers: IncomingHttpHeaders;
  /** The code with which the stream was reset; 0 is none. */
  code: number;
}

/** A connection in HTTP/2 that trusts the certificate of the tests. */
export function connected(server: Server): ClientHttp2Session {
  const session = connect(server.url, { ca: TRUSTING.ca });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** Sends a request; a `body` of null leaves it open. */
export function request(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body: string | Uint8Array | null = '',
): ClientHttp2Stream {
  const isEmpty = body === '';
  const stream = session.request({ ':path': '/', ...headers }, { endStream: isEmpty });
  stream.on('error', () => {});
  if (body !== null && !isEmpty) stream.end(body);
  return stream;
}

/** All that comes back, up to the end of the stream. */
export function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  const answer: Answer = { status: 0, headers: {}, body: '', informed: [], trailers: {}, code: 0 };
  stream.on('headers', (headers) => answer.informed.push(headers));
  stream.on('response', (headers) => {
    answer.status = headers[':status'] ?? 0;
    answer.headers = headers;
  });
  stream.on('trailers', (trailers) => {
    answer.trailers = trailers;
  });
  stream.setEncoding('latin1').on('data', (chunk: string) => {
    answer.body += chunk;
  });
  stream.resume();
  return new Promise((resolve) => {
    stream.on('close', () => resolve({ ...answer, code: stream.rstCode }));
  });
}

/** Sends a request on a connection, and gives what comes back. */
export function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body: string | Uint8Array | null = '',
): Promise<Answer> {
  return answerOf(request(session, headers, body));
}

/** The same on a connection of its own. */
export function get(server: Server, path = '/', headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return ask(connected(server), { ...headers, ':path': path });
}
