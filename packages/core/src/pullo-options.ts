import type { RequestOptions } from '@pullo/request';
import type { Convertors } from '@pullo/router';
import type { Empty } from './context.js';
import type { DebugRenderer } from './debug-renderer.js';
import type { OnUnhandled } from './fetch/fetch-host.js';
import type { Lifespan, MustYield } from './lifespan.js';
import type { Pullo } from './pullo.js';

/** Options of an app. */
export interface PulloOptions<AppState, Own extends Convertors> {
  /** Start-up before its yield, shutdown after it; what it yields is `ctx.state`. It is given the app. */
  lifespan?: Lifespan<AppState, Pullo<Empty, Empty, unknown, Own>> & MustYield<AppState>;
  /** Convertors of one's own: `{ year: ... }` makes `/archive/:y(year)` possible. */
  convertors?: Own;
  /** Limits of request bodies and forms, and where large uploads go. Default: those of `Request`, and no uploads to disk. */
  request?: RequestOptions;
  /** Hears of errors that nobody has taken, where `fetch` runs the app; a server logs them itself. Default: `console.error`. */
  onUnhandled?: OnUnhandled;
  /**
   * What is shown of unexpected errors while the app is developed: `debugPage()` of `@pullo/core/debug`. Default: nothing of them, unless the process
   * was told to by `@pullo/core/debug/register`; `false` is nothing in any case.
   */
  debug?: DebugRenderer | false | undefined;
}
