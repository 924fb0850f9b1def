import type { Response } from '@pullo/response';
import { effectiveDebug } from './debug-renderer.js';
import { pipelineSteps } from './pipeline-steps.js';
import type { Run } from './run.js';
import { isPromiseLike, settle } from './settle.js';

/** What is answered to an error of the server's: `plain`, or what shows it to a developer. */
export function explainFailure(error: unknown, run: Run, plain: Response): Response | Promise<Response> {
  const debug = effectiveDebug(run.application.debug);
  if (debug === undefined) return plain;
  const recover = (failure: unknown) => {
    run.fail(failure);
    return plain;
  };
  try {
    const shown = debug({ error, context: run.context, pipeline: pipelineSteps(run) });
    if (!isPromiseLike(shown)) return run.own(shown, 'debug');
    return settle(shown, (value) => run.own(value, 'debug'), recover);
  } catch (failure) {
    return recover(failure);
  }
}
