/** Whatever an application wants to know about a route: who may use it, what documents it. */
export type RouteMeta = Readonly<Record<string, unknown>>;

/** One registered route. Frozen. */
export interface Route<T> {
  /** The method as registered; `'*'` serves every method. */
  readonly method: string;
  /** The pattern as registered, or as `merge` put it together. */
  readonly pattern: string;
  /** What was registered for it. */
  readonly value: T;
  /** The name `url()` knows it by. */
  readonly name: string | undefined;
  /** What was registered beside the value; an empty object by default. */
  readonly meta: RouteMeta;
}

/** What a route may have beside its value. */
export interface RouteOptions {
  /** A name for `url()`. Routes of the same pattern may share one. */
  readonly name?: string | undefined;
  /** Anything an application wants to know about the route. The router only keeps it. */
  readonly meta?: RouteMeta | undefined;
}

/** What `match` found. `Params` are the values captured from the path, in an object without a prototype. */
export interface Match<T, Params> {
  readonly value: T;
  readonly params: Params;
  readonly route: Route<T>;
}
