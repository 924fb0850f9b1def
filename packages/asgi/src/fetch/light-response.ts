import { HeaderList } from '../header-list.js';
import { copyFields, platformHeaders } from './light-headers.js';
import { borrowRest, standFor } from './light-rest.js';

/** Taken before a light one stands in its place. */
const Platform = globalThis.Response;

/** In the place of a body that was there. Bytes, as the platform gives a type to text. */
const GONE = new Uint8Array(0);
const BYTE_ORDER_MARK = 0xfeff;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A body that is all there. */
type WholeBody = string | Uint8Array<ArrayBuffer> | null;

/** A response that has been made of what is all there, and whose body nobody has asked for. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: WholeBody;
}

/** The parts of a light response whose body nobody has asked for; undefined for any other response. */
export let plainResponse: (response: object) => PlainResponse | undefined;
let isLight: (value: unknown) => value is LightResponse;
/** That of the platform: it has the body from now on. */
let realResponse: (light: LightResponse) => globalThis.Response;

/** What a light response is made of: checked, and its own. */
class Parts {
  /** Not kept once it has been read, or is the real one's. */
  body: WholeBody;
  readonly status: number;
  readonly fields: HeaderList;

  constructor(body: WholeBody, status: number, fields: HeaderList) {
    this.body = body;
    this.status = status;
    this.fields = fields;
  }
}

/**
 * Fetch's response, which keeps what it was made of: the platform's is made of that when somebody wants more of it than status,
 * fields and a copy.
 *
 * The platform's makes a stream of every body, which costs more than all the rest of a small answer, and has no way to tell what the
 * stream was made of. What is not plain is handed to the platform at once, and so is what is wrong: its error is the one that Fetch asks for.
 */
export class LightResponse {
  readonly #parts: Parts | undefined;
  #headers: globalThis.Headers | undefined = undefined;
  #real: globalThis.Response | undefined = undefined;
  /** Whether the body has been read without the real one. */
  #isUsed = false;

  constructor(body?: BodyInit | null, init?: ResponseInit | Parts) {
    if (init instanceof Parts) {
      this.#parts = init;
      return;
    }
    this.#parts = partsOf(body, init);
    if (this.#parts === undefined) this.#real = new Platform(body, init);
  }

  get status(): number {
    return this.#parts === undefined ? realResponse(this).status : this.#parts.status;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get statusText(): string {
    return this.#parts === undefined ? realResponse(this).statusText : '';
  }

  get headers(): globalThis.Headers {
    this.#headers ??= this.#real?.headers ?? platformHeaders((this.#parts as Parts).fields);
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#parts?.body === null ? null : realResponse(this).body;
  }

  get bodyUsed(): boolean {
    return this.#isUsed || (this.#real?.bodyUsed ?? false);
  }

  text(): Promise<string> {
    const whole = this.#take();
    return whole === undefined ? realResponse(this).text() : Promise.resolve(textOf(whole));
  }

  async json(): Promise<unknown> {
    const whole = this.#take();
    return whole === undefined ? realResponse(this).json() : JSON.parse(textOf(whole));
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    const whole = this.#take();
    return whole === undefined ? realResponse(this).arrayBuffer() : Promise.resolve(bytesOf(whole).buffer);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const whole = this.#take();
    return whole === undefined
      ? realResponse(this)
          .arrayBuffer()
          .then((buffer) => new Uint8Array(buffer))
      : Promise.resolve(bytesOf(whole));
  }

  /** The body, which is used up by that; undefined where it is the real one's to give, or to refuse. */
  #take(): string | Uint8Array<ArrayBuffer> | undefined {
    const parts = this.#parts;
    if (parts === undefined || parts.body === null || this.#real !== undefined || this.#isUsed) return;
    const { body } = parts;
    parts.body = GONE;
    this.#isUsed = true;
    return body;
  }

  clone(): globalThis.Response {
    if (this.#parts === undefined || this.#real !== undefined || this.#isUsed)
      return realResponse(this).clone();
    const { body, status, fields } = this.#parts;
    const copied = this.#headers === undefined ? fields.clone() : new HeaderList(this.#headers);
    return new LightResponse(null, new Parts(body, status, copied)) as unknown as globalThis.Response;
  }

  /** Serialised by `JSON.stringify`. */
  static json(data: unknown, init: ResponseInit = {}): globalThis.Response {
    if (typeof init !== 'object' || init === null || init.headers !== undefined)
      return Platform.json(data, init);
    const text: unknown = JSON.stringify(data);
    if (typeof text !== 'string') return Platform.json(data, init);
    const { status = 200, statusText = '' } = init;
    const headers = { 'content-type': 'application/json' };
    return new LightResponse(text, { status, statusText, headers }) as unknown as globalThis.Response;
  }

  static {
    isLight = (value): value is LightResponse =>
      typeof value === 'object' && value !== null && #parts in value;
    realResponse = (light) => {
      light.#real ??= light.#makeReal();
      // What has been changed since in the fields that were handed out.
      if (light.#headers !== undefined && light.#headers !== light.#real.headers) {
        copyFields(light.#headers, light.#real.headers);
      }
      return light.#real;
    };
    plainResponse = (response) => {
      if (!(#parts in response) || response.#parts === undefined) return;
      if (response.#real !== undefined || response.#isUsed) return;
      const { status, body, fields } = response.#parts;
      // Its own copy: who sends a response may go on with its fields.
      const headers = response.#headers === undefined ? fields.clone() : new HeaderList(response.#headers);
      return { status, headers, body };
    };
  }

  #makeReal(): globalThis.Response {
    const parts = this.#parts as Parts;
    const real = new Platform(parts.body, { status: parts.status, headers: platformHeaders(parts.fields) });
    if (parts.body !== null) parts.body = GONE;
    // So that who reads the body once more hears from the platform that it has been read.
    if (this.#isUsed) real.arrayBuffer().catch(() => {});
    return real;
  }
}

borrowRest(LightResponse.prototype, Platform.prototype, { isLight, realOf: realResponse });
standFor(LightResponse, Platform);

function partsOf(body: unknown, init: ResponseInit | null | undefined): Parts | undefined {
  const whole = wholeBody(body);
  if (whole === undefined) return undefined;
  if (typeof init !== 'object' && init !== undefined) return undefined;
  if (init === undefined || init === null) return new Parts(whole, 200, withType(new HeaderList(), whole));
  const { status = 200, statusText = '', headers } = init;
  if (statusText !== '' || !isPlainStatus(status, whole)) return undefined;
  const fields = fieldsOf(headers);
  return fields && new Parts(whole, status, withType(fields, whole));
}

/** As a decoder reads it: without a mark of the byte order. */
function textOf(whole: string | Uint8Array): string {
  if (typeof whole !== 'string') return decoder.decode(whole);
  return (whole.charCodeAt(0) === BYTE_ORDER_MARK ? whole.slice(1) : whole).toWellFormed();
}

/** Whoever gets them may change them. */
function bytesOf(whole: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof whole === 'string' ? encoder.encode(whole) : new Uint8Array(whole);
}

/** Bytes are copied, as Fetch wants it: they are the caller's to change. Over shared memory, or none, they are the platform's to judge. */
function wholeBody(body: unknown): WholeBody | undefined {
  if (typeof body === 'string') return body;
  if (body === undefined || body === null) return null;
  if (!(body instanceof Uint8Array) || !(body.buffer instanceof ArrayBuffer) || body.byteLength === 0) return;
  return new Uint8Array(body);
}

function isPlainStatus(status: unknown, body: WholeBody): boolean {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return false;
  return body === null || !(status === 204 || status === 205 || status === 304);
}

/** Undefined for what is not plain, or wrong. */
function fieldsOf(headers: unknown): HeaderList | undefined {
  if (headers === undefined) return new HeaderList();
  if (typeof headers !== 'object' || headers === null) return undefined;
  const isHeaders = headers instanceof globalThis.Headers;
  if (!isHeaders && Symbol.iterator in headers) return undefined;
  try {
    return new HeaderList(headers as globalThis.Headers);
  } catch {
    return undefined;
  }
}

function withType(fields: HeaderList, body: WholeBody): HeaderList {
  if (typeof body === 'string' && !fields.has('content-type')) {
    fields.append('content-type', 'text/plain;charset=UTF-8');
  }
  return fields;
}
