import type { Receive } from '../app.js';
import type { HTTPRequestEvent } from '../events.js';
import type { HTTPScope } from '../scope.js';
import { LightHeaders } from './light-headers.js';
import { borrowRest } from './light-rest.js';
import { wholeBody } from './request-body.js';
import { requestURL } from './request-url.js';
import { fetchMethod, fieldsOf, webRequest } from './web-request.js';

const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder();

/**
 * Fetch's request, which reads its scope when somebody asks, and takes its body from the exchange without a stream. The platform's
 * is made when somebody wants more of it.
 */
export class LightRequest {
  readonly #scope: HTTPScope;
  readonly #path: string;
  readonly #receive: Receive;
  /** As Fetch has it: made once. */
  #url: string | undefined = undefined;
  #headers: LightHeaders | undefined = undefined;
  #isUsed = false;
  #real: globalThis.Request | undefined = undefined;

  constructor(scope: HTTPScope, path: string, receive: Receive) {
    this.#scope = scope;
    this.#path = path;
    this.#receive = receive;
  }

  get method(): string {
    return fetchMethod(this.#scope.method);
  }

  get url(): string {
    this.#url ??= requestURL(this.#scope, this.#path);
    return this.#url;
  }

  get headers(): globalThis.Headers | LightHeaders {
    if (this.#headers === undefined && this.#real !== undefined) return this.#real.headers;
    this.#headers ??= new LightHeaders(fieldsOf(this.#scope));
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#scope.exchange.signal;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#hasBody() ? LightRequest.real(this).body : null;
  }

  get bodyUsed(): boolean {
    return this.#isUsed || (this.#real?.bodyUsed ?? false);
  }

  text(): Promise<string> {
    if (!this.#isThere()) return LightRequest.real(this).text();
    return this.#take().then((bytes) => decoder.decode(bytes));
  }

  json(): Promise<unknown> {
    if (!this.#isThere()) return LightRequest.real(this).json();
    return this.#take().then((bytes) => JSON.parse(decoder.decode(bytes)));
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.#isThere()) return LightRequest.real(this).arrayBuffer();
    // Copied: they lie in a buffer with others.
    return this.#take().then((bytes) => new Uint8Array(bytes).buffer);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }

  #hasBody(): boolean {
    const { method } = this;
    return method !== 'GET' && method !== 'HEAD';
  }

  /** Whether there is a body that nobody has taken yet. */
  #isThere(): boolean {
    return this.#real === undefined && !this.#isUsed && this.#hasBody();
  }

  #take(): Promise<Uint8Array> {
    this.#isUsed = true;
    return wholeBody(this.#receive);
  }

  static is(value: unknown): value is LightRequest {
    return typeof value === 'object' && value !== null && #scope in value;
  }

  /** What is to be handed to the platform: of a light request the real one, which has the body from now on. */
  static unwrap<Value>(value: Value): Value | globalThis.Request {
    return LightRequest.is(value) ? LightRequest.real(value) : value;
  }

  static real(light: LightRequest): globalThis.Request {
    light.#real ??= light.#makeReal();
    return light.#real;
  }

  #makeReal(): globalThis.Request {
    const real = webRequest(this.#scope, this.#path, this.#isUsed ? receiveNothing : this.#receive);
    // So that who reads the body once more hears from the platform that it has been read.
    if (this.#isUsed) real.arrayBuffer().catch(() => {});
    if (this.#headers !== undefined) LightHeaders.move(this.#headers, real.headers);
    return real;
  }
}

borrowRest(LightRequest.prototype, globalThis.Request.prototype, {
  isLight: LightRequest.is,
  realOf: LightRequest.real,
});
// Another is made with the platform's: `new request.constructor(url)`.
Reflect.deleteProperty(LightRequest.prototype, 'constructor');

async function receiveNothing(): Promise<HTTPRequestEvent> {
  return { type: 'http.request', body: NO_BYTES, moreBody: false };
}
