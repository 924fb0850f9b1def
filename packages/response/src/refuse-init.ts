import { InvalidStatus } from './errors.js';

/** Throws `InvalidStatus` for what stands in place of the options of a response: a status there would go unseen. */
export function refuseInit(init: unknown): never {
  const given = typeof init === 'number' ? init : `a ${typeof init}`;
  throw new InvalidStatus(
    `The second argument of a response is an object, such as { status: 201 }, not ${given}.`,
  );
}
