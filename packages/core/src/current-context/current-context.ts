import { AsyncLocalStorage } from 'node:async_hooks';
import type { BaseContext, ContextOf } from '../context.js';
import type { Middleware } from '../middleware.js';
import type { AnyPullo } from '../pullo.js';
import { RunContext } from '../run-context.js';

const storage = new AsyncLocalStorage<BaseContext>();

/** `currentContext()` was called where there is no request. */
export class NoCurrentContext extends Error {
  override readonly name = 'NoCurrentContext';
  readonly code = 'ERR_NO_CURRENT_CONTEXT';
}

/**
 * A middleware that makes `currentContext()` work in everything below it: in middleware and handlers, in the streams that they return,
 * and in what they hand to `waitUntil`. Use it first.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { contextStorage, currentContext } from '@pullo/core/current-context';
 *
 * function log(message: string) {
 *   console.log(currentContext().request.path, message);
 * }
 *
 * export const app = new Pullo().use(contextStorage()).get('/', () => {
 *   log('somebody came');
 *   return 'Hei!';
 * });
 * ```
 */
export function contextStorage(): Middleware {
  return function contextStorage(ctx, next) {
    const run = RunContext.runOf(ctx);
    // A stream is read when the pipeline has ended, by whoever sends it.
    if (run !== undefined) run.sending = (send) => storage.run(ctx, send);
    return storage.run(ctx, () => next());
  };
}

/**
 * The context of the request that the calling code runs for. Its type is that of the app's handlers, with what the whole pipeline
 * provides: a layer that has not run yet has not provided yet.
 *
 * Throws `NoCurrentContext` outside of a request, and where `contextStorage()` is not above.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { contextStorage, currentContext } from '@pullo/core/current-context';
 *
 * const app = new Pullo().use(contextStorage()).provide(() => ({ user: 'Aino' }));
 *
 * const whoAmI = (): string => currentContext<typeof app>().user;
 * export default app.get('/me', () => whoAmI());
 * ```
 */
export function currentContext<App extends AnyPullo = AnyPullo>(): ContextOf<App> {
  const ctx = storage.getStore();
  if (ctx === undefined) {
    throw new NoCurrentContext(
      'There is no current context here: put app.use(contextStorage()) before all other middleware, and call currentContext() in code that a request runs.',
    );
  }
  // The caller says which app it runs in: no value could.
  return ctx as ContextOf<App>;
}
