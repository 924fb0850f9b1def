import { ContractViolation } from '@pullo/asgi';

export function violation(problem: string): ContractViolation {
  return new ContractViolation('app', problem);
}

export function unknownEvent(type: unknown): ContractViolation {
  return violation(
    typeof type === 'string'
      ? `${JSON.stringify(type)} is not an event that a fetch host takes on an http scope: it takes http.response.start and http.response.body`
      : 'what it sent has no type: an event is an object such as { type: "http.response.body" }',
  );
}

/** What is wrong with the number of bytes sent so far, where a `content-length` was announced. */
export function lengthProblem(announced: number, size: number, isLast: boolean): string | undefined {
  if (size > announced) {
    return `the body has ${size} bytes or more, but content-length is ${announced}: announce the number of bytes, not of characters`;
  }
  if (!isLast || size === announced) return undefined;
  return `the body ended after ${size} bytes, but content-length is ${announced}`;
}
