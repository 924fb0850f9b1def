import type { HTTPResponseBodyEvent, HTTPResponseStartEvent, ReceiveEvent, SendEvent } from '../events.js';
import type { HTTPScope } from '../scope.js';
import { Fields } from './fields.js';
import {
  bodySize,
  checkedHeaders,
  hasExtension,
  materialized,
  needExtension,
  type Rules,
  receivedType,
  sentType,
} from './rules.js';
import { ContractViolation } from './violation.js';

/** What may come next from the app. */
type Phase = 'start' | 'body' | 'trailers' | 'nothing';

/** The rules of an HTTP exchange (ASGI HTTP 2.5). */
export class HTTPRules implements Rules {
  readonly #scope: HTTPScope;
  #phase: Phase = 'start';
  #hasTrailers = false;
  #hasDebug = false;
  #bodyEvents = 0;
  /** The length that the app announced, where it counts. */
  #length: number | undefined;
  #size = 0;
  #requestEnded = false;
  #disconnected = false;

  constructor(scope: HTTPScope) {
    this.#scope = scope;
  }

  lastEvent(): string | undefined {
    return this.#phase === 'nothing' ? 'http.disconnect' : undefined;
  }

  unfinished(): string | undefined {
    if (this.#disconnected) return undefined;
    switch (this.#phase) {
      case 'start':
        return 'it returned without a response: send http.response.start and http.response.body, or throw';
      case 'body':
        return 'it returned before its response was complete: send a last http.response.body whose moreBody is false';
      case 'trailers':
        return 'it returned without the trailers that http.response.start announced: send http.response.trailers';
      case 'nothing':
        return undefined;
    }
  }

  received(event: ReceiveEvent): void {
    const type = receivedType(event);
    const fields = new Fields('server', type, event);
    if (type === 'http.disconnect') {
      this.#disconnected = true;
    } else if (type === 'http.request') {
      this.#receivedRequest(fields);
    } else if (!hasExtension(this.#scope.extensions, type)) {
      fields.fail(`receive() gave ${JSON.stringify(type)}, which is not an event of an http scope`);
    }
  }

  #receivedRequest(fields: Fields): void {
    fields.bytes('body');
    const moreBody = fields.boolean('moreBody');
    if (this.#disconnected) fields.fail('receive() gave http.request after http.disconnect');
    if (this.#requestEnded) {
      fields.fail(
        'receive() gave http.request after one whose moreBody was false: only http.disconnect follows',
      );
    }
    this.#requestEnded = !moreBody;
  }

  sent(event: SendEvent): SendEvent {
    const type = sentType(event);
    const fields = new Fields('app', type, event);
    switch (event.type) {
      case 'http.response.start':
        return this.#sentStart(event, fields);
      case 'http.response.body':
        return this.#sentBody(event, fields);
      case 'http.response.pathsend':
        return this.#sentPath(event, fields);
      case 'http.response.zerocopysend':
        return this.#sentFile(event, fields);
      case 'http.response.trailers':
        return this.#sentTrailers(event, fields);
      case 'http.response.early_hint':
        this.#needResponse(type);
        return materialized(event, 'links', linksOf(fields));
      case 'http.response.push':
        this.#needResponse(type);
        if (!fields.string('path').startsWith('/')) fields.mustBe('path', 'a path that begins with "/"');
        return checkedHeaders(event, fields);
      case 'http.response.debug':
        return this.#sentDebug(event, fields);
      default:
        if (hasExtension(this.#scope.extensions, type)) return event;
        throw new ContractViolation(
          'app',
          `${JSON.stringify(type)} is not an event to send on an http scope`,
        );
    }
  }

  #sentStart(event: HTTPResponseStartEvent, fields: Fields): SendEvent {
    if (this.#phase !== 'start') {
      fields.fail('http.response.start was sent a second time: a response has one, before its body');
    }
    const status = fields.integer('status', 200, 599);
    const hasTrailers = fields.has('trailers') && fields.boolean('trailers');
    if (hasTrailers) {
      needExtension(
        this.#scope.extensions,
        'http.response.trailers',
        'http.response.start with trailers: true',
      );
    }
    const checked = checkedHeaders(event, fields);
    this.#length = this.#announcedLength(status, checked, fields);
    this.#hasTrailers = hasTrailers;
    this.#phase = 'body';
    return checked;
  }

  /** `Content-Length`, except where the response has no body of its own (RFC 9110, sections 6.4.1 and 8.6). */
  #announcedLength(status: number, event: SendEvent, fields: Fields): number | undefined {
    if (!('headers' in event)) return undefined;
    const lengths = [...(event.headers ?? [])].filter(([name]) => name.toLowerCase() === 'content-length');
    const [first] = lengths;
    if (first === undefined) return undefined;
    if (lengths.length > 1) fields.fail(`http.response.start has ${lengths.length} content-length headers`);
    const value = first[1].trim();
    if (!/^[0-9]+$/.test(value) || !Number.isSafeInteger(Number(value))) {
      fields.fail(
        `http.response.start has the content-length ${JSON.stringify(value)}: it must be a number of bytes`,
      );
    }
    return isBodiless(this.#scope.method, status) ? undefined : Number(value);
  }

  #sentBody(event: HTTPResponseBodyEvent, fields: Fields): SendEvent {
    this.#needResponse(fields.type);
    this.#count(bodySize(fields));
    this.#bodyEvents++;
    if (event.moreBody !== true) this.#endBody();
    return event;
  }

  #sentPath(event: SendEvent, fields: Fields): SendEvent {
    this.#needResponse(fields.type);
    if (this.#bodyEvents > 0) {
      fields.fail('http.response.pathsend was sent after http.response.body: the file is the whole body');
    }
    if (!isAbsolute(fields.string('path'))) fields.mustBe('path', 'an absolute path');
    this.#length = undefined;
    this.#endBody();
    return event;
  }

  #sentFile(event: SendEvent, fields: Fields): SendEvent {
    this.#needResponse(fields.type);
    fields.integer('file', 0);
    if (fields.has('offset')) fields.integer('offset', 0);
    if (fields.has('count')) fields.integer('count', 0);
    const moreBody = fields.has('moreBody') && fields.boolean('moreBody');
    this.#length = undefined;
    this.#bodyEvents++;
    if (!moreBody) this.#endBody();
    return event;
  }

  #sentTrailers(event: SendEvent, fields: Fields): SendEvent {
    needExtension(this.#scope.extensions, fields.type, fields.type);
    if (!this.#hasTrailers && this.#phase !== 'start') {
      fields.fail(
        'http.response.trailers was sent, but http.response.start did not announce it with trailers: true',
      );
    }
    if (this.#phase === 'nothing') fields.fail('http.response.trailers was sent after the last of them');
    if (this.#phase !== 'trailers') {
      fields.fail('http.response.trailers was sent before the last http.response.body');
    }
    const moreTrailers = fields.has('moreTrailers') && fields.boolean('moreTrailers');
    const checked = checkedHeaders(event, fields);
    if (!moreTrailers) this.#phase = 'nothing';
    return checked;
  }

  #sentDebug(event: SendEvent, fields: Fields): SendEvent {
    needExtension(this.#scope.extensions, fields.type, fields.type);
    fields.object('info');
    if (this.#hasDebug) fields.fail('http.response.debug was sent a second time');
    if (this.#phase !== 'start') fields.fail('http.response.debug was sent after http.response.start');
    this.#hasDebug = true;
    return event;
  }

  /** Refuses an event that belongs between `start` and the end of the body, anywhere else. */
  #needResponse(type: string): void {
    if (type !== 'http.response.body') needExtension(this.#scope.extensions, type, type);
    if (this.#phase === 'body') return;
    const problem =
      this.#phase === 'start'
        ? `${type} was sent before http.response.start: that comes first`
        : `${type} was sent after the last http.response.body: the response is complete once moreBody is false`;
    throw new ContractViolation('app', problem);
  }

  #count(size: number): void {
    this.#size += size;
    if (this.#length === undefined || this.#size <= this.#length) return;
    throw new ContractViolation(
      'app',
      `the body has ${this.#size} bytes or more, but content-length is ${this.#length}: announce the number of bytes, not of characters`,
    );
  }

  #endBody(): void {
    if (this.#length !== undefined && this.#size < this.#length) {
      throw new ContractViolation(
        'app',
        `the body ended after ${this.#size} bytes, but content-length is ${this.#length}`,
      );
    }
    this.#phase = this.#hasTrailers ? 'trailers' : 'nothing';
  }
}

function linksOf(fields: Fields): string[] {
  const links = fields.strings('links');
  for (const link of links) fields.headerValue('links', link);
  return links;
}

/** Whether the server drops the body: a response to HEAD, and the statuses that have none. */
function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || path.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(path);
}
