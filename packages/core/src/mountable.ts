import { type App, Callable } from '@pullo/asgi';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';

/** What may be mounted, checked: JavaScript has no compiler that would say so. `call` is what it was given to, for messages. */
export function checkApp(value: unknown, call: string): App {
  const advice = typeof value === 'function' ? adviceOnFunction(value) : adviceOnObject(value);
  // True by the checks: it takes what an app takes, as far as a function tells.
  if (advice === undefined) return value as App;
  throw new PipelineError(
    `${call} takes an app, a function (scope, receive, send), not ${describeValue(value)}: ${advice}.`,
  );
}

function adviceOnFunction(value: object & { readonly length: number }): string | undefined {
  if (value instanceof Callable) return undefined;
  if (/^class\b/.test(Function.prototype.toString.call(value))) return 'give an instance of the class';
  if ('handle' in value && 'use' in value) {
    return 'this looks like an app of Express or Connect, a listener (req, res), of which fromNodeListener of @pullo/server makes an app';
  }
  if (value.length === 1) return 'a handler of ctx goes to a route, all("/path/*", handler)';
  if (value.length === 2) {
    return 'a middleware (ctx, next) goes to use() or with(), and fromNodeListener of @pullo/server makes an app of a listener (req, res)';
  }
  return undefined;
}

function adviceOnObject(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'give the app itself';
  if (value instanceof Promise) return 'await it first';
  if ('fetch' in value && typeof value.fetch === 'function') {
    return 'fromFetch of @pullo/core/adapters makes an app of an object with a fetch method';
  }
  if ('callback' in value && typeof value.callback === 'function') {
    return 'this looks like an app of Koa, whose callback() is a listener (req, res), of which fromNodeListener of @pullo/server makes an app';
  }
  if ('default' in value) return 'this looks like a module: give its default export';
  return 'give the app itself';
}
