import { describeValue } from '../describe.js';
import { type Frame, framesOf } from './frame.js';
import { isOwnCode } from './own-code.js';
import type { Excerpt, SourceFiles } from './source-files.js';

/** A frame as it is shown. */
export interface ShownFrame extends Frame {
  readonly isOwn: boolean;
  /** The source around it, for one's own code. */
  readonly excerpt: Excerpt | undefined;
}

/** An error as it is shown. */
export interface ShownError {
  /** How it belongs to the one before. */
  readonly relation: 'thrown' | 'cause' | 'member';
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly frames: readonly ShownFrame[];
}

interface Linked {
  readonly relation: ShownError['relation'];
  readonly value: unknown;
}

/** An error may have gathered thousands of others. */
const MAX_ERRORS = 12;
/** A message may have a whole document in it. */
const MAX_MESSAGE = 20_000;

/** What was thrown, and behind it its causes and the errors that it gathers, each once. */
export async function errorChain(thrown: unknown, files: SourceFiles): Promise<ShownError[]> {
  const chain: Linked[] = [];
  const seen = new Set<unknown>();
  const open: Linked[] = [{ relation: 'thrown', value: thrown }];
  for (let next = open.shift(); next !== undefined && chain.length < MAX_ERRORS; next = open.shift()) {
    if (seen.has(next.value)) continue;
    seen.add(next.value);
    chain.push(next);
    open.unshift(...linkedTo(next.value));
  }
  // Not before: a chain that cannot be followed to its end would leave behind promises that nobody waits for.
  return Promise.all(chain.map((linked) => show(linked, files)));
}

function linkedTo(value: unknown): Linked[] {
  if (!(value instanceof Error)) return [];
  const linked: Linked[] = value.cause === undefined ? [] : [{ relation: 'cause', value: value.cause }];
  if (!(value instanceof AggregateError) || !Array.isArray(value.errors)) return linked;
  return [...linked, ...value.errors.map((member): Linked => ({ relation: 'member', value: member }))];
}

async function show({ relation, value }: Linked, files: SourceFiles): Promise<ShownError> {
  if (!(value instanceof Error)) {
    return { relation, name: describeValue(value), code: undefined, message: '', frames: [] };
  }
  const frames = await Promise.all(framesOf(value).map((frame) => showFrame(frame, files)));
  return { relation, name: nameOf(value), code: codeOf(value), message: messageOf(value), frames };
}

function messageOf(error: Error): string {
  const message = String(error.message);
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

async function showFrame(frame: Frame, files: SourceFiles): Promise<ShownFrame> {
  if (!isOwnCode(frame.file)) return { ...frame, isOwn: false, excerpt: undefined };
  const original = await files.original(frame);
  const isOwn = isOwnCode(original.file);
  return { ...original, isOwn, excerpt: isOwn ? await files.excerpt(original) : undefined };
}

/** A class that has not set a name is known by that of its constructor. */
function nameOf(error: Error): string {
  const name = String(error.name);
  const own: unknown = error.constructor?.name;
  return name === 'Error' && typeof own === 'string' && own !== '' ? own : name;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
    ? String(error.code)
    : undefined;
}
