import { inspect } from 'node:util';

/** An app that could not be loaded: the message says what was looked for and where; `cause` is what its module threw. */
export class LoadFailed extends Error {
  override readonly name = 'LoadFailed';
  readonly code = 'ERR_LOAD_FAILED';
}

/** One whose module or factory threw something: an error is shown below the problem, what tells nothing is named in its line. */
export function threw(problem: string, thrown: unknown): LoadFailed {
  if (thrown) return new LoadFailed(`${problem}:`, { cause: thrown });
  return new LoadFailed(`${problem}: it threw ${inspect(thrown)}, which does not tell what went wrong.`);
}
