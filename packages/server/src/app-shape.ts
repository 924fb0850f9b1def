import { inspect } from 'node:util';
import type { App } from '@pullo/asgi';
import { InvalidApp } from './errors.js';

const EXPECTED = 'expected an app, a function (scope, receive, send)';

/** Throws `InvalidApp` if a value is not an app, saying what it is. */
export function requireApp(value: unknown): asserts value is App {
  const found = problemOf(value);
  if (found !== undefined) throw new InvalidApp(`Found ${found}; ${EXPECTED}.`);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value === 'function') return problemOfFunction(value);
  if (typeof value === 'object' && value !== null && 'fetch' in value && typeof value.fetch === 'function') {
    return 'an object with a fetch method';
  }
  if (value === undefined) return 'undefined';
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 200);
}

/** An app may have any number of parameters but two, which is a listener of `node:http`, and is not a class. */
function problemOfFunction(value: object): string | undefined {
  const name = 'name' in value && typeof value.name === 'string' && value.name !== '' ? ` ${value.name}` : '';
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    return `the class${name}, not an instance of it`;
  }
  const isListener =
    ('listen' in value && typeof value.listen === 'function') ||
    Object.hasOwn(value, 'handle') ||
    ('length' in value && value.length === 2);
  return isListener ? `a function${name} (req, res) such as Express makes` : undefined;
}
