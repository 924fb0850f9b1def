import { ContractViolation, type HTTPResponseZeroCopySendEvent } from '@pullo/asgi';
import type { FilePart } from './file-transfer.js';

/** An event or a return of the app that the contract does not allow. */
export function violation(problem: string): ContractViolation {
  return new ContractViolation('app', problem);
}

export function unknownEvent(type: unknown): ContractViolation {
  return violation(
    typeof type === 'string'
      ? `${JSON.stringify(type)} is not an event that this server takes on an http scope: scope.extensions tells what it has beyond http.response.start and http.response.body`
      : 'what it sent has no type: an event is an object such as { type: "http.response.body" }',
  );
}

/** What is wrong with a body of `size` bytes so far, where `announced` were; -1 is none announced. */
export function lengthProblem(announced: number, size: number, isLast: boolean): string | undefined {
  if (announced === -1 || size === announced) return undefined;
  if (size > announced) {
    return `the body has ${size} bytes or more, but content-length is ${announced}: announce the number of bytes, not of characters`;
  }
  return isLast ? `the body ended after ${size} bytes, but content-length is ${announced}` : undefined;
}

/** An event that belongs between the start and the end of the body came elsewhere. */
export function outOfPlace(type: string, phase: string): ContractViolation {
  switch (phase) {
    case 'waiting':
      return violation(`${type} was sent before http.response.start: that comes first`);
    case 'file':
      return violation(`${type} was sent after http.response.pathsend: the file is the whole body`);
    case 'part':
      return violation(`${type} was sent before http.response.zerocopysend was done: wait for its promise`);
    case 'streaming':
      return violation(`${type} was sent after http.response.body: the file is the whole body`);
    default:
      return violation(
        `${type} was sent after the final http.response.body: set moreBody on all body events but the last`,
      );
  }
}

export function trailersOutOfPlace(areAnnounced: boolean): ContractViolation {
  return violation(
    areAnnounced
      ? 'http.response.trailers was sent before the body was complete: set moreBody to false on its last event'
      : 'http.response.trailers was sent, but http.response.start did not announce it with trailers: true',
  );
}

/** The app returned before its response was complete. */
export function incomplete(hasNoStart: boolean, hasTrailers: boolean): ContractViolation {
  if (hasNoStart) {
    return violation(
      'it returned without a response: send http.response.start and http.response.body, or throw',
    );
  }
  const rest = hasTrailers
    ? ', and the http.response.trailers that were announced'
    : ' whose moreBody is false';
  return violation(`it returned before its response was complete: send a last http.response.body${rest}`);
}

/** What an app has thrown, which may be anything, as something that can be told from no error at all. */
export function failureOf(thrown: unknown): unknown {
  return thrown ?? new Error(`The app threw ${thrown}, which does not tell what went wrong: throw an Error.`);
}

/** What an `http.response.zerocopysend` asks for: of a file without a `count`, no more than the `left` bytes that are still announced. */
export function filePart({ file, offset, count }: HTTPResponseZeroCopySendEvent, left: number): FilePart {
  for (const [name, value] of Object.entries({ file, offset: offset ?? 0, count: count ?? 0 })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw violation(
      `http.response.zerocopysend.${name} is ${String(value)}, but must be an integer of at least 0`,
    );
  }
  return { file, offset: offset ?? null, count: count ?? left };
}

/** No misuse: the file has changed since the app looked at it. */
export function shorterFile(count: number, size: number): Error {
  return new Error(
    `The file became shorter while it was being sent: it ended after ${size} of ${count} bytes.`,
  );
}
