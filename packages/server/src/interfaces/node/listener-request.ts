import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HeaderList, type HTTPScope, localPath, type Receive } from '@pullo/asgi';
import type { ListenerSocket } from './listener-socket.js';
import { ownMethods } from './own-methods.js';

/** How the parser of `node:http` hands over the fields, from which `headers` and `headersDistinct` are made when they are read. */
interface HeaderLines {
  _addHeaderLines(flat: string[], length: number): void;
}

/** The request of a listener: Node's own, whose head is that of a scope, and whose body is what `receive` gives. */
export class ListenerRequest extends IncomingMessage {
  /** The whole path and query, as Express and Koa have it. */
  readonly originalUrl: string;
  /** Where the listener is mounted, as Express has it. */
  readonly baseUrl: string;
  readonly #receive: Receive;
  readonly #onDisconnect: () => void;
  #isReading = false;
  #isReleased = false;

  constructor(scope: HTTPScope, receive: Receive, socket: ListenerSocket, onDisconnect: () => void) {
    // True of what listeners read of a socket; it has no handle of the system below it.
    super(socket as unknown as Socket);
    Object.assign(this, METHODS);
    this.#receive = receive;
    this.#onDisconnect = onDisconnect;
    this.httpVersion = scope.httpVersion === '2' ? '2.0' : scope.httpVersion;
    this.httpVersionMajor = scope.httpVersion === '2' ? 2 : 1;
    this.httpVersionMinor = scope.httpVersion === '1.1' ? 1 : 0;
    this.method = scope.method;
    const fields = flat(scope);
    (this as unknown as HeaderLines)._addHeaderLines(fields, fields.length);
    const query = scope.queryString === '' ? '' : `?${scope.queryString}`;
    const local = localPath(scope);
    this.url = local + query;
    this.originalUrl = scope.path + query;
    this.baseUrl = local === scope.path ? '' : scope.rootPath;
  }

  /** The client has left. */
  abort(): void {
    if (!this.destroyed) this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  }

  /** The response is complete, and what is left of the body is not wanted. */
  release(): void {
    this.#isReleased = true;
    this.destroy();
  }

  override _read(): void {
    if (this.#isReading || this.complete) return;
    // Node's own keeps reading ahead off until it is first called: a piece that is taken at once would be the last.
    super._read(0);
    this.#isReading = true;
    this.#receive().then(
      (event) => {
        this.#isReading = false;
        if (this.destroyed) return;
        if (event.type !== 'http.request') {
          this.#onDisconnect();
          return;
        }
        this.complete = !event.moreBody;
        if (event.body.byteLength > 0) this.push(event.body);
        if (this.complete) this.push(null);
        else if (event.body.byteLength === 0) this._read();
      },
      (error: Error) => this.destroy(error),
    );
  }

  /** As in node:http: what ends before its end is aborted, takes the connection with it, and is an error only to who listens for it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#isReleased && !(this.readableEnded && this.complete)) {
      this.aborted = true;
      this.emit('aborted');
      this.socket.destroy(error ?? undefined);
    }
    callback(this.listenerCount('error') === 0 ? null : error);
  }
}

const METHODS = ownMethods(ListenerRequest);

/** The fields as `rawHeaders` has them: a copy, which the listener may change. */
function flat({ headers }: HTTPScope): string[] {
  return headers instanceof HeaderList ? headers.flat.slice() : new HeaderList(headers).flat.slice();
}
