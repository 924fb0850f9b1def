import type { HTTPScope, Receive, Scope, Send } from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { Mount } from './mount.js';
import { bodyReceive } from './received-body.js';
import type { Run } from './run.js';
import { isPromiseLike } from './settle.js';

/** Stands for the response of a mounted app where no middleware will see it: the app gets the server's own `send`. */
export class DirectResponse extends Response {
  readonly #mount: Mount;
  readonly #run: Run;
  readonly #scope: HTTPScope;

  constructor(mount: Mount, run: Run, scope: HTTPScope) {
    super();
    this.#mount = mount;
    this.#run = run;
    this.#scope = scope;
  }

  protected override handle(_scope: Scope, _receive: Receive, send: Send): void | Promise<void> {
    const mount = this.#mount;
    const scope = this.#scope;
    const below = mount.scopeBelow(scope);
    const receive = bodyReceive(this.#run);
    // It has answered its own errors.
    if (mount.application !== undefined) return mount.app(below, receive, send);
    let hasStarted = false;
    const watched: Send = (event) => {
      if (event.type === 'http.response.start') hasStarted = true;
      return send(event);
    };
    const recover = (error: unknown) => {
      if (hasStarted) throw error;
      return this.#answer(error, send);
    };
    const finish = () => (hasStarted ? undefined : this.#answer(mount.withoutResponse(scope), send));
    let running: void | Promise<void>;
    try {
      running = mount.app(below, receive, watched);
    } catch (error) {
      return recover(error);
    }
    return isPromiseLike(running) ? Promise.resolve(running).then(finish, recover) : finish();
  }

  /** What the error handlers make of an app that has not begun to answer. */
  #answer(error: unknown, send: Send): void | Promise<void> {
    const { scope, receive } = this.#run;
    const response = this.#mount.branch.errors.respond(error, this.#run);
    return response instanceof Promise
      ? response.then((settled) => settled(scope, receive, send))
      : response(scope, receive, send);
  }
}
