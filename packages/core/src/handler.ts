import type { Response } from '@pullo/response';
import type { HTTPContextWith } from './context.js';

/** An object or array that becomes JSON. Functions are none, nor promises: a `Promise<void>` is no result. */
export type JSONObject = object & { readonly apply?: never; readonly then?: never };

/**
 * What a handler may return: a response (of Pullo or of Fetch), text, bytes, a stream or async iterable,
 * `null` (204), or an object, array, number or boolean, which becomes JSON.
 */
export type HandlerResult =
  | Response
  | globalThis.Response
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | ReadableStream
  | AsyncIterable<string | Uint8Array>
  | JSONObject;

/** Answers the requests of a route. */
export type Handler<Provided extends object, Params, AppState> = (
  ctx: HTTPContextWith<Provided, Params, AppState>,
) => HandlerResult | Promise<HandlerResult>;
