import type { Response } from '@pullo/response';
import type { BaseContext } from './context.js';

/** One layer of the pipeline of a request, or what it ends in: a handler, or a mounted app. */
export interface PipelineStep {
  readonly kind: 'middleware' | 'provider' | 'handler' | 'app';
  /** The name of the function, empty for a layer that has none; of a handler that has none its route, and of an app its pattern. */
  readonly name: string;
  /** Whether the error came out of it. */
  readonly failed: boolean;
}

/** A request that ended in an error of the server's: what there is to show of it. */
export interface FailedRequest {
  /** What was thrown. */
  readonly error: unknown;
  readonly context: BaseContext;
  /** From the outermost layer inward; where no route has matched, those of the app. */
  readonly pipeline: readonly PipelineStep[];
}

/**
 * Answers a request that has failed with what a developer wants to see: `debugPage()` of `@pullo/core/debug` makes one. If it fails itself,
 * the client gets the answer that it would have got without.
 */
export type DebugRenderer = (failed: FailedRequest) => Response | Promise<Response>;

let registered: DebugRenderer | undefined;

/** Sets what apps of this process use that have no `debug` option of their own: `@pullo/core/debug/register` does. */
export function registerDebug(renderer: DebugRenderer): void {
  registered = renderer;
}

/** What an app uses: its own, unless it has none, what the process has been told to; `false` is none in any case. */
export function effectiveDebug(own: DebugRenderer | false | undefined): DebugRenderer | undefined {
  return own === false ? undefined : (own ?? registered);
}
