export type { BuiltIn, Convertor, Convertors, ConvertorTypes, NoConvertors } from './convertors.js';
export {
  InvalidArgument,
  InvalidParam,
  InvalidPattern,
  NameTaken,
  RouteConflict,
  UnknownRoute,
} from './errors.js';
export type { NamedMatch, NamedRouter } from './named-router.js';
export type { KnownPattern, PathParams, UnknownConvertor, UnknownParams } from './path-params.js';
export type { Match, Route, RouteMeta, RouteOptions } from './route.js';
export { joinPatterns, Router, type RouterOptions } from './router.js';
export type { QueryInit, QueryValue, UrlOptions } from './url.js';
