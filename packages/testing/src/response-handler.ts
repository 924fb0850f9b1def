// Not the global: a test's fake clock must not stop its requests.
import { setImmediate } from 'node:timers';
import { type Dispatcher, errors } from 'undici';
import { ClientResponse, type InformationalResponse, toHeaders } from './client-response.js';
import { appSettled, type Handler, type ParsedHeaders } from './handler.js';
import { ResponseBody } from './response-body.js';

/** What happens to an error that the app throws. */
export interface AppErrors {
  /** Whether the app is called in process, so that its end is known. */
  isLocal: boolean;
  /** Whether it is thrown in the test. */
  raise: boolean;
  /** Those that came when the response had been handed over and that no reader of its body has seen. */
  unseen: Set<{ error: unknown }>;
}

/**
 * The undici handler of a client's request. In process the response waits for the app to settle, one turn of the event
 * loop at most: an error rethrown after the answer then still is the outcome of the request, or has been reported.
 */
export class ResponseHandler implements Handler {
  readonly response: Promise<ClientResponse>;
  readonly #url: string;
  readonly #errors: AppErrors;
  readonly #informational: InformationalResponse[] = [];
  readonly #signal: AbortSignal | undefined;
  #resolve: (response: ClientResponse) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #ready: ClientResponse | null = null;
  #body: ResponseBody | null = null;
  #trailers: ParsedHeaders = {};
  #settled = false;
  /** Ends the waiting for the app to settle. */
  #patience: NodeJS.Immediate | null = null;
  #handedOver = false;
  #appError: { error: unknown } | null = null;
  #onAbort: (() => void) | null = null;

  constructor(url: string, errors: AppErrors, signal: AbortSignal | undefined) {
    this.#url = url;
    this.#errors = errors;
    this.#signal = signal;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#onAbort = () => controller.abort(abortReason(signal));
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText: string,
  ): void {
    if (status < 200) {
      this.#informational.push({ status, headers: toHeaders(headers) });
      return;
    }
    this.#body = new ResponseBody(controller);
    this.#ready = new ClientResponse({
      url: this.#url,
      status,
      statusText,
      headers,
      informational: this.#informational,
      body: this.#body,
      trailers: () => this.#trailers,
    });
    if (!this.#errors.isLocal || this.#settled) this.#handOver();
    else this.#patience = setImmediate(() => this.#handOver());
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: ParsedHeaders): void {
    this.#trailers = trailers;
    this.#body?.end();
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#finish();
    if (this.#body === null) this.#fail(error);
    else this.#failBody(this.#body, error);
  }

  /** Only calls of an `AppDispatcher`: over a socket nobody knows what the app threw. */
  [appSettled](outcome: { error: unknown } | null): boolean {
    this.#settled = true;
    if (outcome === null || !this.#errors.raise) {
      this.#handOver();
      return false;
    }
    this.#appError = outcome;
    if (this.#handedOver) this.#errors.unseen.add(outcome);
    else this.#fail(outcome.error);
    return true;
  }

  #handOver(): void {
    if (this.#ready === null || this.#handedOver) return;
    this.#handedOver = true;
    if (this.#patience !== null) clearImmediate(this.#patience);
    this.#resolve(this.#ready);
  }

  #fail(error: unknown): void {
    this.#handedOver = true;
    if (this.#patience !== null) clearImmediate(this.#patience);
    this.#reject(error);
  }

  /** A reader of the body gets the error of the app rather than that of the connection. */
  #failBody(body: ResponseBody, error: Error): void {
    const outcome = this.#appError;
    if (!(outcome?.error instanceof Error)) body.fail(error, () => {});
    else body.fail(outcome.error, () => this.#errors.unseen.delete(outcome));
  }

  #finish(): void {
    if (this.#onAbort !== null) this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = null;
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new errors.RequestAbortedError();
}
