import { Headers, type HeadersInit } from '@pullo/asgi';
import { type Case, thrownBy } from '../../../../conformance/assert.ts';

/**
 * What the Web Platform Tests (fetch/api/headers) say of `Headers`, for ours and the platform's alike. A row marked
 * `differs` is a deliberate difference of ours: docs/decisions/headers.md says why.
 */

export type HeadersClass = new (init?: HeadersInit) => globalThis.Headers;

export interface HeadersRow {
  readonly title: string;
  readonly run: (Headers: HeadersClass) => void;
  readonly differs?: true;
  /** The platform's is wrong here, in Node 20 at least: not run there. */
  readonly isPlatformBug?: true;
}

export function assertTypeError(run: () => unknown): void {
  const error = thrownBy(run);
  if (!(error instanceof TypeError)) throw new Error(`Expected a TypeError, but got ${error}`);
}

/** What TypeScript would not let pass: the tables show what JavaScript gets. */
export function wrong(init: unknown): HeadersInit {
  return init as HeadersInit;
}

/** The rows as cases for our own class. */
export function casesOf(rows: readonly HeadersRow[]): readonly Case[] {
  return rows.map(({ title, run }) => ({ title, run: () => run(Headers) }));
}
