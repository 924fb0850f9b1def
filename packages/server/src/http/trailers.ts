import { HeaderList, type HTTPResponseTrailersEvent } from '@pullo/asgi';
import { checkField } from './check-field.js';
import { violation } from './misuse.js';

/**
 * What must not come after the body (RFC 9110, section 6.5.1): fields of framing, routing, conditions, authentication and
 * control, and those that tell how to read the content.
 */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'age',
  'authentication-info',
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'host',
  'keep-alive',
  'location',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'range',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'warning',
  'www-authenticate',
]);

/** The fields that follow a body, as the app sends them. */
export class Trailers {
  /** Whether the client gets them: else they are checked and dropped. */
  readonly isSent: boolean;
  /** Flat. */
  readonly fields: string[] = [];
  hasEnded = false;

  constructor(isSent: boolean) {
    this.isSent = isSent;
  }

  /** Throws `InvalidHeader` and `ContractViolation`. */
  add(event: HTTPResponseTrailersEvent): void {
    if (this.hasEnded) throw violation('http.response.trailers was sent after the last of them');
    const { flat } = new HeaderList(event.headers ?? []);
    for (let i = 0; i < flat.length; i += 2) {
      checkField(flat[i] as string, flat[i + 1] as string);
      const name = (flat[i] as string).toLowerCase();
      if (FORBIDDEN.has(name)) {
        throw violation(
          `http.response.trailers has ${JSON.stringify(name)}, which must not follow a body: send it with http.response.start`,
        );
      }
    }
    this.fields.push(...flat);
    this.hasEnded = event.moreTrailers !== true;
  }
}
