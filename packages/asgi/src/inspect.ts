/** The name of the method by which Node's `util.inspect`, and with it `console.log`, lets an object show itself. */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** `util.inspect`, as Node hands it to that method. */
export type Inspect = (value: unknown, options: object) => string;
