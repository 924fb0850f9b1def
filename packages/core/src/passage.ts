import {
  type BodyChunk,
  ClientDisconnected,
  type HTTPResponseStartEvent,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type ReceiveEvent,
  type Send,
  type SendEvent,
} from '@pullo/asgi';
import type { Response } from '@pullo/response';
import { PipelineError } from './errors.js';
import { type FileEvent, filePieces } from './file-pieces.js';
import { handledRejection } from './handled-rejection.js';
import type { Mount } from './mount.js';
import { MountedExchange } from './mounted-exchange.js';
import { MountedResponse } from './mounted-response.js';
import { sharedReceive } from './received-body.js';
import type { Run } from './run.js';
import { isPromiseLike } from './settle.js';

/** An event that waits to be taken: the app's `send` settles when it has been. */
interface Held {
  readonly event: SendEvent;
  resolve(value: void | Promise<void>): void;
  reject(error: unknown): void;
}

/**
 * What lies between a mounted app and the pipeline above it.
 *
 * The app runs until its `start`, of which a Response is made. What it sends then is held, with its `send` waiting, until the Response is sent
 * and the events go to the server as they are, or until somebody reads the content. If neither comes, the app is told that its client has left.
 */
export class Passage {
  readonly #mount: Mount;
  readonly #run: Run;
  readonly #scope: HTTPScope;
  readonly #exchange: MountedExchange;
  readonly #receiveEvent: Receive;
  #state: 'open' | 'held' | 'reading' | 'drained' | 'forwarding' | 'cut' = 'open';
  /** Settles `next()`, if it was called before the app had begun to answer. */
  #settle: ((response: Response | Promise<Response>) => void) | undefined;
  #response: Response | undefined;
  #start: HTTPResponseStartEvent = { type: 'http.response.start', status: 200 };
  /** What may come before `start`. */
  readonly #early: SendEvent[] = [];
  readonly #held: Held[] = [];
  /** The event that a reader has, and may not come back for. */
  #inHand: Held | undefined;
  /** The last step of reading a file. */
  #fileStep: Promise<unknown> | undefined;
  /** Where the events go once the response is sent. */
  #send: Send | undefined;
  /** Wakes the reader that waits for an event, and the calls of `receive` that do. */
  #wakeReader: (() => void) | undefined;
  readonly #receivers = new Set<(event: ReceiveEvent) => void>();
  #isDone = false;
  #failure: { readonly error: unknown } | undefined;
  #finished: Promise<void> | undefined;

  constructor(mount: Mount, run: Run, scope: HTTPScope) {
    this.#mount = mount;
    this.#scope = scope;
    this.#run = run;
    this.#exchange = new MountedExchange(scope.exchange, run);
    this.#receiveEvent = sharedReceive(run);
  }

  /** Calls the app, and gives its response when it begins to answer; an error before that goes to the error handlers. */
  open(): Response | Promise<Response> {
    const scope = { ...this.#mount.scopeBelow(this.#scope), exchange: this.#exchange };
    try {
      const result = this.#mount.app(scope, this.#receive, this.#take);
      if (isPromiseLike(result)) {
        this.#finished = Promise.resolve(result).then(
          () => this.#end(undefined),
          (error: unknown) => this.#end({ error }),
        );
      } else {
        this.#end(undefined);
      }
    } catch (error) {
      this.#end({ error });
    }
    if (this.#response !== undefined) return this.#response;
    if (this.#isDone) return this.#refusal();
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Sends the head that the pipeline has made of the app's, and lets the app's own events follow. Resolves when the app is done. */
  async forward(response: Response, send: Send): Promise<void> {
    if (this.#state !== 'held') throw this.#usedTwice();
    this.#state = 'forwarding';
    try {
      for (const event of this.#early) await send(event);
      const head = send({ ...this.#start, status: response.status, headers: response.headerList });
      if (head !== undefined) await head;
    } catch (error) {
      await this.stop().catch((failure: unknown) => this.#run.fail(failure));
      throw error;
    }
    for (const held of this.#held.splice(0)) held.resolve(send(held.event));
    this.#send = send;
    await this.#finished;
    this.#throwFailure();
  }

  /** The body that the app sends, piece by piece. The next one is asked for when the last has been taken. */
  async *read(): AsyncGenerator<BodyChunk, void, undefined> {
    if (this.#state !== 'held') throw this.#usedTwice();
    this.#state = 'reading';
    for (;;) {
      const held = await this.#next();
      const { event } = held;
      this.#inHand = held;
      if (isFileEvent(event)) yield* this.#readFile(held, event);
      if (event.type === 'http.response.body' && event.body !== undefined) yield event.body;
      const isLast = isLastEvent(event);
      if (isLast) {
        // Trailers belonged to the content as it was.
        this.#state = 'drained';
        this.#run.waitUntil(this.#completion());
      }
      this.#inHand = undefined;
      held.resolve();
      if (isLast) return;
    }
  }

  async *#readFile(held: Held, event: FileEvent): AsyncGenerator<Uint8Array, void, undefined> {
    const pieces = filePieces(event);
    for (;;) {
      const step = pieces.next();
      this.#fileStep = step;
      try {
        const { value, done } = await step;
        if (done) return;
        if (this.#state === 'cut') throw this.#disconnected();
        yield value;
      } catch (error) {
        held.reject(error);
        throw error;
      }
    }
  }

  /** Tells the app that nobody wants its response any more. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#cut();
    await this.#completion();
  }

  #cut(): void {
    if (this.#state === 'cut') return;
    this.#state = 'cut';
    this.#send = undefined;
    for (const { reject } of this.#held.splice(0)) reject(this.#disconnected());
    // An app may close its file once it hears of this: not while it is being read.
    const inHand = this.#inHand;
    const tell = () => inHand?.reject(this.#disconnected());
    if (this.#fileStep === undefined) tell();
    else this.#fileStep.then(tell, tell);
    for (const receive of this.#receivers) receive({ type: 'http.disconnect' });
    this.#receivers.clear();
    this.#wakeReader?.();
    this.#exchange.abort(this.#disconnected());
  }

  readonly #receive: Receive = () => {
    if (this.#state === 'cut') return Promise.resolve({ type: 'http.disconnect' });
    return new Promise((resolve, reject) => {
      this.#receivers.add(resolve);
      this.#receiveEvent()
        .then(resolve, reject)
        .finally(() => this.#receivers.delete(resolve));
    });
  };

  /** The app's `send`. */
  readonly #take: Send = (event) => {
    if (this.#send !== undefined) return this.#send(event);
    if (this.#state === 'cut') return handledRejection(this.#disconnected());
    if (this.#state === 'drained') return;
    if (this.#state === 'open') return this.#begin(event);
    const taken = new Promise<void>((resolve, reject) => {
      this.#held.push({ event, resolve, reject });
    });
    taken.catch(() => {});
    this.#wakeReader?.();
    return taken;
  };

  #begin(event: SendEvent): void | Promise<void> {
    try {
      if (event.type === 'http.response.debug') {
        this.#early.push(event);
        return;
      }
      if (event.type !== 'http.response.start') {
        throw new PipelineError(`${this.#mount.label} sent ${event.type} before http.response.start.`);
      }
      this.#response = new MountedResponse(this, event);
    } catch (error) {
      this.#end({ error });
      return handledRejection(error);
    }
    this.#start = event;
    this.#state = 'held';
    this.#run.adopt(this.#response);
    this.#settle?.(this.#response);
  }

  /** The app has returned or thrown. */
  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#failure = failure;
    this.#wakeReader?.();
    if (this.#response === undefined) this.#settle?.(this.#refusal());
  }

  /** The answer to an app that has not begun one. What it does from now on goes nowhere. */
  #refusal(): Response | Promise<Response> {
    this.#cut();
    const { error } = this.#failure ?? { error: this.#mount.withoutResponse(this.#scope) };
    this.#failure = undefined;
    return this.#mount.branch.errors.respond(error, this.#run);
  }

  /** The next event for the reader; there is one as long as the app has not sent its last. */
  async #next(): Promise<Held> {
    for (;;) {
      const held = this.#held.shift();
      if (held !== undefined) {
        this.#inHand = held;
        return held;
      }
      if (this.#state === 'cut') throw this.#disconnected();
      this.#throwFailure();
      if (this.#isDone)
        throw new PipelineError(`${this.#mount.label} returned before the end of its response.`);
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** Waits for the app, and throws what it threw; that it was told of its end is no news. */
  async #completion(): Promise<void> {
    await this.#finished;
    if (!isClientDisconnected(this.#failure?.error)) this.#throwFailure();
  }

  /** Throws what the app threw, to the first who asks. */
  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    throw failure.error;
  }

  #disconnected(): ClientDisconnected {
    return new ClientDisconnected(
      `${this.#mount.label} goes on answering, but its response is not wanted any more.`,
    );
  }

  #usedTwice(): PipelineError {
    return new PipelineError(
      `${this.#mount.label} has given a response that was read or sent already: it can be used once.`,
    );
  }
}

function isFileEvent(event: SendEvent): event is FileEvent {
  return event.type === 'http.response.pathsend' || event.type === 'http.response.zerocopysend';
}

/** Whether the body ends with it. */
function isLastEvent(event: SendEvent): boolean {
  if (event.type === 'http.response.pathsend') return true;
  const isPiece = event.type === 'http.response.body' || event.type === 'http.response.zerocopysend';
  return isPiece && event.moreBody !== true;
}
