import { type BaseContext, Headers, type Middleware, named, type Response } from '@pullo/core';

/** Options of `requestId`. */
export interface RequestIdOptions {
  /**
   * Whether the id that a request brings is to be used. Default: never, for an id that anybody can choose lets them put their requests under
   * somebody else's in the log. Say yes to a proxy of yours, which has made the id or checked it.
   */
  trust?: (ctx: BaseContext) => boolean;
  /** Makes an id. Default: `crypto.randomUUID()`. */
  generate?: () => string;
  /** The header of the request and of the response. Default: `x-request-id`. */
  header?: string;
}

/** What ids of proxies and tracers are made of, and no log or shell reads as anything else. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9_.:+/=@-]{0,127}$/;

/**
 * Provides `requestId`, and sends it as `x-request-id`, so that a line of a log, a report of a user and a trace can be brought together.
 * To a WebSocket that is accepted the handler sends it, with `accept({ headers })`: the middleware comes too late for that.
 *
 * The id of a trusted peer is kept if it is well-formed: 1 to 128 characters of `A-Z a-z 0-9 _ . : + / = @ -`, a letter or a digit
 * first. In all other cases one is made. Throws `TypeError` for a `header` that is no name of a field.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { requestId } from '@pullo/middleware/request-id';
 *
 * export const app = new Pullo()
 *   .use(requestId({ trust: ({ request }) => request.client?.host === '10.0.0.1' }))
 *   .get('/', ({ requestId }) => `This is request ${requestId}.`);
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware<{ requestId: string }> {
  const { trust = nobody, generate = () => crypto.randomUUID(), header = 'x-request-id' } = options;
  // Throws for what is no name of a field: now, and not at every request.
  new Headers().get(header);
  const middleware: Middleware<{ requestId: string }> = (ctx, next) => {
    // A promise, of which the types warn, is no yes.
    const given = trust(ctx) === true ? ctx.request.headers.get(header) : null;
    const id = given !== null && WELL_FORMED.test(given) ? given : generate();
    const mark = (response: Response) => {
      response.headers.set(header, id);
      return response;
    };
    const response = next({ requestId: id });
    return response instanceof Promise ? response.then(mark) : mark(response);
  };
  return named(middleware, {
    name: 'requestId',
    description: 'Provides the id of the request, and sends it with the response.',
  });
}

function nobody(): boolean {
  return false;
}
