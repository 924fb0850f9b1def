import type { Request } from '@pullo/request';
import type { BuiltIn, ConvertorTypes, PathParams } from '@pullo/router';
import type { AnyPullo, TypesOf } from './pullo.js';
import type { BaseWebSocketContext } from './websocket-handler.js';

/** No keys at all. */
export type Empty = Record<never, never>;

/** What an app tells about the route that a request has matched. */
export interface RouteInfo {
  /** What stands there: a handler for HTTP or for WebSocket sessions, or an app that has been given a prefix or a host. */
  readonly kind: 'http' | 'websocket' | 'mount' | 'host';
  /** The methods it was registered for; `*` is any. None for a WebSocket. */
  readonly methods: readonly string[];
  /** The whole pattern, group prefixes included; the prefix of a mount, the pattern of a host. */
  readonly pattern: string;
  readonly name: string | undefined;
  /** What was given as `meta` at registration. */
  readonly meta: unknown;
}

/** The part of a context that is always there. It can be destructured. */
export interface BaseContext<Params = unknown, AppState = unknown> {
  /** What the request asks for: an answer, or a WebSocket session. A handler knows which, a middleware serves both. */
  readonly kind: 'http' | 'websocket';
  readonly request: Request;
  /** What the route's pattern captured, decoded and converted. */
  readonly params: Params;
  /** What the lifespan yielded. */
  readonly state: AppState;
  /** The route that the request has matched; `undefined` where none did. */
  readonly route: RouteInfo | undefined;
  /** The last error thrown downstream, set before `next()` settles; `undefined` if there was none. */
  readonly error: unknown;
  /** The path of a named route. Throws where the name or a parameter is wrong. */
  readonly urlFor: (name: string, params?: Readonly<Record<string, unknown>>) => string;
  /** What the host of `fetch` handed over after the request, such as the `env` of a Worker; empty on other servers. */
  readonly platform: readonly unknown[];
  /** Keeps the exchange open for work after the response. A rejection is thrown out of the app, so that the server logs it. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** What may be provided: no key of the context itself, and a key that is provided already only with a narrower type. */
export type Providable<Provided extends object> = object &
  Partial<Provided> & { readonly [Key in keyof BaseWebSocketContext]?: never };

/** The one context of a request: the base, and flat beside it what the pipeline has provided. */
export type ContextWith<Provided extends object, Params, AppState> = BaseContext<Params, AppState> & Provided;

/** The context of a route that answers requests. */
export type HTTPContextWith<Provided extends object, Params, AppState> = HTTPContext<Params, AppState> &
  Provided;

interface HTTPContext<Params, AppState> extends BaseContext<Params, AppState> {
  readonly kind: 'http';
}

/**
 * Names the context of a handler: the pattern gives `params` its type.
 *
 * @example
 * ```ts
 * import type { Context } from '@pullo/core';
 *
 * export function greet({ params }: Context<'/greet/:name'>) {
 *   return `Hei, ${params.name}!`;
 * }
 * ```
 */
export type Context<
  Pattern extends string = string,
  Provided extends object = Empty,
  AppState = unknown,
> = ContextWith<Provided, ParamsOf<Pattern>, AppState>;

/**
 * The context that an app's handlers get for a pattern.
 *
 * @example
 * ```ts
 * import { type ContextOf, Pullo } from '@pullo/core';
 *
 * const app = new Pullo();
 * const greet = ({ params }: ContextOf<typeof app, '/greet/:name'>) => `Hei, ${params.name}!`;
 * app.get('/greet/:name', greet);
 * ```
 */
export type ContextOf<App extends AnyPullo, Pattern extends string = string> = ContextWith<
  TypesOf<App>['provided'],
  TypesOf<App>['params'] & ParamsOf<Pattern, ConvertorTypes<TypesOf<App>['convertors']>>,
  TypesOf<App>['state']
>;

/** The parameters of a pattern; unknown where the pattern is. */
export type ParamsOf<Pattern extends string, Types = BuiltIn> = string extends Pattern
  ? unknown
  : PathParams<Pattern, Types>;
