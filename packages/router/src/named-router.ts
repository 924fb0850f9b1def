import type { Convertors, ConvertorTypes, NoConvertors } from './convertors.js';
import type { PathParams } from './path-params.js';
import type { Match } from './route.js';
import type { Router } from './router.js';
import type { UrlOptions } from './url.js';

/** A router made by `Router.from`: its methods know the names of the patterns and the types of their parameters. */
export type NamedRouter<
  Patterns extends Readonly<Record<string, string>>,
  C extends Convertors = NoConvertors,
> = Omit<Router<keyof Patterns & string, C>, 'match' | 'matchAny' | 'url'> &
  Iterable<Match<keyof Patterns & string, unknown>['route']> & {
    /** What the path is: its `value` is the name of the pattern and says which `params` there are. */
    match(method: string, path: string): NamedMatch<Patterns, C> | undefined;
    /** The same as `match`: patterns by name serve any method. */
    matchAny(path: string): NamedMatch<Patterns, C> | undefined;
    /** The path of a pattern. Throws `InvalidParam` for a value that the pattern would not match. */
    url<Name extends keyof Patterns & string>(
      name: Name,
      ...args: UrlArguments<PathParams<Patterns[Name], ConvertorTypes<C>>>
    ): string;
  };

/** What `match` gives: one case for each name. */
export type NamedMatch<
  Patterns extends Readonly<Record<string, string>>,
  C extends Convertors = NoConvertors,
> = {
  [Name in keyof Patterns & string]: Match<Name, PathParams<Patterns[Name], ConvertorTypes<C>>>;
}[keyof Patterns & string];

/** Parameters may be left out if none is required. */
type UrlArguments<Params> =
  Partial<Params> extends Params
    ? [params?: UrlParams<Params>, options?: UrlOptions]
    : [params: UrlParams<Params>, options?: UrlOptions];

/** Text may be given as a number, and an optional parameter as undefined. */
type UrlParams<Params> = keyof Params extends never
  ? Readonly<Record<string, never>>
  : {
      readonly [Name in keyof Params]: Params[Name] extends string | undefined
        ? Params[Name] | number
        : Params[Name];
    };
