import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';

/** What a middleware says of itself, in messages, in `app.routes` and in `describe()`. */
export interface MiddlewareAbout {
  /** Default: the name of the function. */
  readonly name?: string;
  /** What it does, in a sentence. Default: none. */
  readonly description?: string;
}

/**
 * Gives a middleware, a provider or a handler the name and the description that it goes by, and hands it back. What makes middleware with options has them
 * all called the same otherwise, or nothing at all.
 *
 * Throws `PipelineError` for what is no function.
 *
 * @example
 * ```ts
 * import { type Middleware, named, Pullo } from '@pullo/core';
 *
 * export function delay(milliseconds: number): Middleware {
 *   const middleware: Middleware = async (_ctx, next) => {
 *     await new Promise((resolve) => setTimeout(resolve, milliseconds));
 *     return next();
 *   };
 *   return named(middleware, { name: `delay(${milliseconds})`, description: 'Lets requests wait.' });
 * }
 * export const app = new Pullo().use(delay(5)).get('/', () => 'late');
 * ```
 */
export function named<Fn extends (...args: never[]) => unknown>(
  middleware: Fn,
  { name, description }: MiddlewareAbout,
): Fn {
  if (typeof middleware !== 'function') {
    throw new PipelineError(`named() takes a function, not ${describeValue(middleware)}.`);
  }
  if (name !== undefined) Object.defineProperty(middleware, 'name', { value: name, configurable: true });
  if (description !== undefined) {
    Object.defineProperty(middleware, 'description', { value: description, configurable: true });
  }
  return middleware;
}
