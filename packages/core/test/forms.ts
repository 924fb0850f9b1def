import type { HandlerResult, Middleware, Response } from '@pullo/core';
import type { Client } from '@pullo/testing';

/** How the middleware and the handlers of an app are written. */
export interface Form {
  readonly title: string;
  /** A handler that does what the function does, at once or later. */
  handler<R extends HandlerResult>(act: () => R): () => R | Promise<R>;
  /** A middleware that does one thing on the way down and another with the response on the way up. */
  around(down: (ctx: Seen) => void, up?: (response: Response, ctx: Seen) => Response | undefined): Middleware;
}

type Seen = Parameters<Middleware>[0];

export const syncHandler: Form['handler'] = (act) => act;
export const asyncHandler: Form['handler'] = (act) => async () => act();

/** Takes the response up at once if it is there, else when it is: no promise is made where none is needed. */
const syncAround: Form['around'] =
  (down, up = () => undefined) =>
  (ctx, next) => {
    down(ctx);
    const response = next();
    return response instanceof Promise
      ? response.then((later) => up(later, ctx) ?? later)
      : (up(response, ctx) ?? response);
  };

const asyncAround: Form['around'] =
  (down, up = () => undefined) =>
  async (ctx, next) => {
    await null;
    down(ctx);
    const response = await next();
    return up(response, ctx);
  };

export const forms: readonly Form[] = [
  { title: 'sync middleware, sync handlers', handler: syncHandler, around: syncAround },
  { title: 'sync middleware, async handlers', handler: asyncHandler, around: syncAround },
  { title: 'async middleware, sync handlers', handler: syncHandler, around: asyncAround },
  { title: 'async middleware, async handlers', handler: asyncHandler, around: asyncAround },
];

/** Throws, whatever it should return. */
export const fail = (error: unknown) => (): never => {
  throw error;
};

/** What a handler returns once it has written down that it ran. */
export function noted<T>(seen: unknown[], name: string, result: T): T {
  seen.push(name);
  return result;
}

/** A middleware that writes down its name on both ways. */
export function traced(around: Form['around'], seen: unknown[], name: string): Middleware {
  return around(
    () => void seen.push(`> ${name}`),
    () => noted(seen, `< ${name}`, undefined),
  );
}

export async function text(http: Client, path: string): Promise<string> {
  return (await http.get(path)).text();
}
