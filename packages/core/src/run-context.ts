import type { HTTPScope } from '@pullo/asgi';
import { Request } from '@pullo/request';
import type { BaseContext, RouteInfo } from './context.js';
import { PipelineError } from './errors.js';
import { platformOf } from './platform.js';
import type { Run } from './run.js';
import type { BaseWebSocketContext } from './websocket-handler.js';

/** What middleware and handlers see. Getters, so that what nobody reads is not made, and its keys cannot be provided. */
export class RunContext implements BaseContext<Run['params'], HTTPScope['state']> {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** The run behind a context, for what core itself adds to the sending of its response; `undefined` for a context of another kind. */
  static runOf(ctx: object): Run | undefined {
    return #run in ctx ? ctx.#run : undefined;
  }

  get kind(): 'http' | 'websocket' {
    return this.#run.scope.type;
  }

  get request(): Request {
    const run = this.#run;
    run.request ??= new Request(run.scope, run.receive, run.application.requestOptions);
    return run.request;
  }

  get params(): Run['params'] {
    return this.#run.params;
  }

  get state(): HTTPScope['state'] {
    return this.#run.scope.state;
  }

  get route(): RouteInfo | undefined {
    return this.#run.route;
  }

  get error(): unknown {
    return this.#run.error;
  }

  get urlFor(): BaseContext['urlFor'] {
    const { application, scope } = this.#run;
    return (name, params) => scope.rootPath + application.url(name, params);
  }

  get platform(): readonly unknown[] {
    return platformOf(this.#run.scope);
  }

  get waitUntil(): BaseContext['waitUntil'] {
    return (promise) => this.#run.waitUntil(promise);
  }

  get subprotocols(): BaseWebSocketContext['subprotocols'] {
    return this.#run.handshake?.subprotocols ?? [];
  }

  get accept(): BaseWebSocketContext['accept'] {
    const { handshake } = this.#run;
    if (handshake !== undefined) return (options) => handshake.accept(options);
    throw new PipelineError(
      'accept() opens WebSocket sessions, and this is a plain request: register the handler with app.websocket().',
    );
  }
}
