/** Who broke the contract: the app, or the server (or the middleware that stands in for one). */
export type Side = 'app' | 'server';

/**
 * What `validate` found: `side` broke the contract in the way that the message says.
 *
 * @example
 * ```ts
 * import { ContractViolation, validate, type Receive, type Scope, type Send } from '@pullo/asgi';
 *
 * export async function sides(scope: Scope, receive: Receive, send: Send) {
 *   try {
 *     await validate(() => {})(scope, receive, send);
 *   } catch (error) {
 *     if (error instanceof ContractViolation) return error.side; // 'app': it returned without a response
 *     throw error;
 *   }
 * }
 * ```
 */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
  readonly code = 'ERR_CONTRACT_VIOLATION';
  /** Who broke it. */
  readonly side: Side;

  constructor(side: Side, problem: string, options?: ErrorOptions) {
    super(`The ${side} broke the contract: ${problem}.`, options);
    this.side = side;
  }
}
