import type { BodyChunk } from '@pullo/asgi';
import { InvalidContent } from './errors.js';

const encoder = new TextEncoder();

/** A piece that a source gave, checked: throws `InvalidContent` if it is neither text nor bytes. */
export function chunkOf(value: unknown): BodyChunk {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw new InvalidContent(
    `A stream gave ${describe(value)} as a piece of a body: give strings or Uint8Array.`,
  );
}

/** The same as bytes. */
export function bytesOf(value: unknown): Uint8Array {
  const chunk = chunkOf(value);
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
}

/** A value as a message names it: by its type, never by its content. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return `an object of type ${value.constructor?.name ?? 'null-prototype'}`;
  return `a ${typeof value}`;
}
