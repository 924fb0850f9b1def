import type { Duplex } from 'node:stream';
import { type Dispatcher, errors } from 'undici';

/** Header fields as undici's handlers take them: names in lower case, a repeated field as an array. */
export type ParsedHeaders = Record<string, string | string[]>;

/** How the app's promise ended; a handler that returns true has taken the error upon itself. */
export const appSettled: unique symbol = Symbol('pullo.testing.appSettled');

/** The callbacks of undici 7 and 8, all optional, with the ones that undici's types leave out. */
export interface Handler {
  onRequestStart?(controller: Dispatcher.DispatchController, context: object): void;
  onRequestUpgrade?(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    socket: Duplex,
  ): void;
  onBodySent?(chunk: Uint8Array): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
  onResponseStart?(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText: string,
  ): void;
  onResponseData?(controller: Dispatcher.DispatchController, chunk: Buffer): void;
  onResponseEnd?(controller: Dispatcher.DispatchController, trailers: ParsedHeaders): void;
  onResponseError?(controller: Dispatcher.DispatchController | null, error: Error): void;
  [appSettled]?(outcome: { error: unknown } | null): boolean;
}

/** The callbacks of undici 6 and before, which the built-in `fetch` of Node 20, 22 and 24 still passes. */
interface LegacyCallbacks {
  onConnect(abort: (reason?: Error) => void, context: object): void;
  onHeaders?(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean | undefined;
  onData?(chunk: Buffer): boolean | undefined;
  onComplete?(trailers: Buffer[]): void;
  onError(error: Error): void;
  onUpgrade?(status: number, headers: Buffer[], socket: Duplex): void;
  onBodySent?(chunk: Uint8Array): void;
  onRequestSent?(): void;
  onResponseStarted?(): void;
}

/**
 * The handler that a caller passed to `dispatch`, in the interface of undici 7 and 8.
 *
 * Whose copy of undici it comes from does not matter: only its methods do.
 */
export function modernHandler(handler: Dispatcher.DispatchHandler): Handler {
  if (typeof handler !== 'object' || handler === null) {
    throw new errors.InvalidArgumentError('handler must be an object');
  }
  if (isModern(handler)) return handler;
  if (isLegacy(handler)) return new LegacyHandler(handler);
  throw new errors.InvalidArgumentError(
    'handler must have onRequestStart (undici 7 and 8) or onConnect and onError (undici 6 and before)',
  );
}

/** A guard and not an assignment, as undici's types give `onBodySent` other arguments than undici does. */
function isModern(handler: object): handler is Handler {
  return 'onRequestStart' in handler && typeof handler.onRequestStart === 'function';
}

function isLegacy(handler: object): handler is LegacyCallbacks {
  return (
    'onConnect' in handler &&
    typeof handler.onConnect === 'function' &&
    'onError' in handler &&
    typeof handler.onError === 'function'
  );
}

/** Calls legacy callbacks; their `false` is a pause, but not for informational responses. */
class LegacyHandler implements Handler {
  readonly #legacy: LegacyCallbacks;

  constructor(legacy: LegacyCallbacks) {
    this.#legacy = legacy;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    this.#legacy.onConnect((reason) => controller.abort(reason ?? new errors.RequestAbortedError()), context);
  }

  onBodySent(chunk: Uint8Array): void {
    this.#legacy.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#legacy.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#legacy.onResponseStarted?.();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: ParsedHeaders,
    statusText: string,
  ): void {
    const raw = rawBuffers(controller.rawHeaders);
    const goOn = this.#legacy.onHeaders?.(status, raw, () => controller.resume(), statusText);
    if (goOn === false && status >= 200) controller.pause();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#legacy.onData?.(chunk) === false) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#legacy.onComplete?.(rawBuffers(controller.rawTrailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#legacy.onError(error);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: ParsedHeaders,
    socket: Duplex,
  ): void {
    this.#legacy.onUpgrade?.(status, rawBuffers(controller.rawHeaders), socket);
  }
}

function rawBuffers(raw: Dispatcher.DispatchController['rawHeaders']): Buffer[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (typeof item === 'string' ? Buffer.from(item, 'latin1') : item));
}
