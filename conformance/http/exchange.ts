import { once } from 'node:events';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One request over a socket of its own, as it stands: no redirect is followed, no path put in order. */
export class Exchange {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;

  constructor(port: number, path: string, options: RequestOptions = {}) {
    this.request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options });
    this.response = once(this.request, 'response').then(([response]) => response as IncomingMessage);
    this.response.catch(() => {});
    // What goes wrong later is seen by whoever reads the response.
    this.request.on('error', () => {});
  }

  send(body?: string | Uint8Array): this {
    this.request.end(body);
    return this;
  }

  async answer(): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
    const response = await this.response;
    const text = String(await buffer(response));
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  }
}
