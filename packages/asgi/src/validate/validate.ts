import type { App } from '../app.js';
import type { Scope } from '../scope.js';
import { show } from './fields.js';
import { checkScope } from './scope-rules.js';
import { ContractViolation } from './violation.js';
import { Watch } from './watch.js';

/**
 * Wraps an app so that every breach of the contract, by the app or by the server, is reported where it happens.
 *
 * For tests, and for people who write servers, middleware and raw apps. Legal exchanges pass unchanged, except that
 * headers and links which can be read only once are handed on as arrays. A breach is a `ContractViolation`: an app's
 * `send` is rejected with it (and marked as handled), a server's wrong event rejects `receive`, a wrong scope throws. The
 * first one is also what the wrapped app throws, even if nobody awaited the `send`. A wrapped app that returns nothing
 * still does; it returns a promise only if the app does. Throws `TypeError` if `app` is not a function.
 *
 * @example
 * ```ts
 * import { type App, validate } from '@pullo/asgi';
 *
 * const app: App = async (_scope, _receive, send) => {
 *   await send({ type: 'http.response.body', body: 'hello' });
 * };
 *
 * // Rejects: The app broke the contract: http.response.body was sent before http.response.start: that comes first.
 * export default validate(app);
 * ```
 */
export function validate(app: App): App {
  if (typeof app !== 'function') {
    throw new TypeError(
      `validate() needs an app, a function (scope, receive, send), but was given ${show(app)}.`,
    );
  }
  const handed = new WeakSet<object>();
  return (scope, receive, send) => {
    checkScope(scope);
    checkFresh(scope, handed);
    checkFunctions(receive, send);
    return new Watch(scope, receive, send).run(app);
  };
}

/** The scope of one exchange and its `state` are nobody else's: what an app puts there must not show in another. */
function checkFresh(scope: Scope, handed: WeakSet<object>): void {
  const isReused = handed.has(scope);
  handed.add(scope);
  if (isReused) {
    throw new ContractViolation(
      'server',
      'the same scope object was handed over twice: each call needs its own',
    );
  }
  if (typeof scope.state !== 'object' || scope.state === null) return;
  const isShared = handed.has(scope.state);
  handed.add(scope.state);
  if (isShared) {
    throw new ContractViolation(
      'server',
      'scope.state is the object of another scope: each needs a shallow copy',
    );
  }
}

function checkFunctions(receive: unknown, send: unknown): void {
  for (const [name, value] of Object.entries({ receive, send })) {
    if (typeof value === 'function') continue;
    throw new ContractViolation('server', `${name} is ${show(value)}, but must be a function`);
  }
}
