import { describeValue } from './describe.js';

/**
 * What an `HTTPError` tells beside its status and detail: members of problem details (RFC 9457, section 3).
 *
 * `type`, `title` and `instance` are the RFC's own, every other name is an extension member, whose value is anything that JSON
 * has. All of it is for the client to read.
 */
export interface ProblemDetails {
  /** A URI reference that names the kind of problem, at best one that leads to its documentation. Default: `about:blank`, just the status. */
  readonly type?: string;
  /** The kind of problem in a few words, the same each time it occurs. Default: the status's own phrase. */
  readonly title?: string;
  /** A URI reference that names this one occurrence. Default: none. */
  readonly instance?: string;
  /** It is the first argument of `HTTPError`. */
  readonly status?: never;
  /** It is an option of `HTTPError`. */
  readonly detail?: never;
  readonly [member: string]: unknown;
}

const TEXT_MEMBERS: ReadonlySet<string> = new Set(['type', 'title', 'instance']);
const OWN_MEMBERS: ReadonlySet<string> = new Set(['status', 'detail']);

/** Names that XML has too, as extension members should (RFC 9457, section 3.2); the ASCII ones. */
const MEMBER_NAME = /^[A-Za-z_][\w.-]*$/;

/** Throws `TypeError` for members that could not be told to a client as they are. */
export function checkProblem(problem: ProblemDetails): void {
  for (const [name, value] of Object.entries(problem)) {
    if (OWN_MEMBERS.has(name)) {
      throw new TypeError(
        `"${name}" is no member of problem: write new HTTPError(status, { detail, problem: { type, title, ...members } }).`,
      );
    }
    if (!MEMBER_NAME.test(name)) {
      throw new TypeError(
        `A member of problem cannot be named ${JSON.stringify(name)}: begin with a letter and go on with letters, digits, "_", "-" and "." (RFC 9457, section 3.2).`,
      );
    }
    if (TEXT_MEMBERS.has(name) && value !== undefined && typeof value !== 'string') {
      throw new TypeError(`problem.${name} is text, not ${describeValue(value)}.`);
    }
  }
}
