import { ContractViolation } from '@pullo/asgi';

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
