import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { TRUSTING } from './certificates.ts';

/**
 * Clients in HTTP/2 that share a few sessions, as a proxy or a browser does: a session that has had its goodbye gets no more requests, and
 * those that the server says it has not looked at are sent again (RFC 9113, section 8.7).
 */
export class SharedSessions {
  /** How many requests were sent again. */
  repeated = 0;
  readonly #url: string;
  readonly #sessions: (ClientHttp2Session | undefined)[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** Gives the body of the answer, by the session of this number; throws if there is none, or it is not whole. */
  async get(number: number): Promise<string> {
    for (;;) {
      const { status, code, body } = await this.#ask(this.#session(number));
      if (code === constants.NGHTTP2_REFUSED_STREAM) this.repeated++;
      else if (status === 200 && code === constants.NGHTTP2_NO_ERROR) return body;
      else throw new Error(`Status ${status}, code ${code}`);
    }
  }

  /** The same by a session of its own. */
  async getOnce(): Promise<string> {
    const number = this.#sessions.push(undefined) - 1;
    try {
      return await this.get(number);
    } finally {
      this.#sessions[number]?.close();
      delete this.#sessions[number];
    }
  }

  close(): void {
    for (const session of this.#sessions) session?.destroy();
  }

  #session(number: number): ClientHttp2Session {
    const before = this.#sessions[number];
    if (before !== undefined && !before.closed && !before.destroyed) return before;
    const session = connect(this.#url, { ca: TRUSTING.ca as string });
    session.on('error', () => {});
    this.#sessions[number] = session;
    return session;
  }

  #ask(session: ClientHttp2Session): Promise<{ status: number; code: number; body: string }> {
    const answer = { status: 0, code: 0, body: '' };
    return new Promise((resolve, reject) => {
      const stream = session.request({ ':path': '/' });
      stream.on('response', (headers) => {
        answer.status = headers[':status'] ?? 0;
      });
      stream.setEncoding('utf8').on('data', (text: string) => {
        answer.body += text;
      });
      // A reset is told by its code; a connection that cannot be had only here.
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ERR_HTTP2_STREAM_ERROR') reject(error.cause ?? error);
      });
      stream.on('close', () => resolve({ ...answer, code: stream.rstCode }));
    });
  }
}
