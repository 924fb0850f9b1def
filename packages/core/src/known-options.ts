import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';

/** Throws `PipelineError` for options that are none, or have a name that there is not: misspelt, it would have no effect, and nobody would see it. */
export function refuseUnknown(
  options: unknown,
  known: readonly string[],
  whose: string,
): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw new PipelineError(`${whose} has options that are no object: ${describeValue(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new PipelineError(
    `${whose} has an unknown option ${JSON.stringify(unknown)}: known are ${known.join(', ')}.`,
  );
}
