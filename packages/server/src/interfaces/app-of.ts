import { inspect } from 'node:util';
import type { App } from '@pullo/asgi';
import { type FetchHandler, type FetchObject, fromFetch, isFetchObject } from '@pullo/asgi/fetch';
import { InvalidApp } from '../errors.js';
import { fromNodeListener, type NodeListener } from './node/from-node-listener.js';
import { fromWSGI } from './wsgi/from-wsgi.js';
import type { WSGIApp } from './wsgi/wsgi-app.js';

/** What `serve` takes as an app, by the name of its interface. */
export interface AppByInterface {
  /** By its shape: a function is one of the contract, an object with `fetch` one of Fetch. */
  auto: App | FetchObject;
  /** `(scope, receive, send)` */
  asgi: App;
  /** `(environ, startResponse)` */
  wsgi: WSGIApp;
  /** A handler of Fetch, or an object with one. */
  fetch: FetchHandler | FetchObject;
  /** `(request, response)`, as of `node:http`. */
  node: NodeListener;
}

/** What shape an app has. */
export type InterfaceName = keyof AppByInterface;

const EXPECTED: Record<InterfaceName, string> = {
  auto: 'expected an app, a function (scope, receive, send), or an object with a fetch method',
  asgi: 'the interface "asgi" expects a function (scope, receive, send)',
  wsgi: 'the interface "wsgi" expects a function (environ, startResponse)',
  fetch: 'the interface "fetch" expects an object with a fetch method, or a function of a Request',
  node: 'the interface "node" expects a function (req, res)',
};

const AS_LISTENER = 'serve it with the interface "node" (pullo run --interface node)';

/** The app of the contract that is, or stands for, what was given; throws `InvalidApp`, which says what that is. */
export function appOf(value: unknown, name: InterfaceName): App {
  const problem = problemOf(value, name);
  if (problem !== undefined) throw new InvalidApp(`Found ${problem}; ${EXPECTED[name]}.`);
  // True by the check, as far as a value tells: what a function takes it does not say.
  if (name === 'node') return fromNodeListener(value as NodeListener);
  if (name === 'wsgi') return fromWSGI(value as WSGIApp);
  if (name === 'fetch' || typeof value !== 'function') return fromFetch(value as FetchObject);
  return value as App;
}

function problemOf(value: unknown, name: InterfaceName): string | undefined {
  if (typeof value === 'function') return problemOfFunction(value, name);
  if (isFetchObject(value)) {
    return name === 'auto' || name === 'fetch' ? undefined : 'an object with a fetch method';
  }
  if (isKoa(value)) {
    return 'what looks like an app of Koa: give its app.callback(), with the interface "node" (pullo run --interface node)';
  }
  if (value === undefined) return 'undefined';
  if (value instanceof Promise)
    return 'a promise: await it, or give a function that makes the app (pullo run --factory)';
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 200);
}

function problemOfFunction(value: object, name: InterfaceName): string | undefined {
  const label =
    'name' in value && typeof value.name === 'string' && value.name !== '' ? ` ${value.name}` : '';
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    return `the class${label}, not an instance of it`;
  }
  if (name !== 'node' && isListener(value)) {
    return `a function${label} (req, res) such as Express makes: ${AS_LISTENER}`;
  }
  const isTold = name === 'node' || name === 'wsgi';
  if (isTold && isFetchObject(value)) return `the app${label} with a fetch method`;
  if (isTold || name === 'fetch' || parametersOf(value) !== 2) return undefined;
  return `a function${label} of two parameters: as a listener (req, res) of node:http ${AS_LISTENER}, as a WSGI app (environ, startResponse) with "wsgi"`;
}

/** What Express and Connect make has methods that no other app has. */
function isListener(value: object): boolean {
  return ('listen' in value && typeof value.listen === 'function') || Object.hasOwn(value, 'handle');
}

function parametersOf(value: object): unknown {
  return 'length' in value ? value.length : undefined;
}

function isKoa(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'callback' in value && 'listen' in value;
}
