import type { LifespanScope, Receive, Send, State } from '@pullo/asgi';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import type { Mount } from './mount.js';
import { MountedLifespan, MountedLifespanError } from './mounted-lifespan.js';
import { ownPart, ownStates } from './mounted-state.js';
import { isPromiseLike } from './settle.js';

/**
 * What an app does before its first request and after its last: an async generator that yields once.
 * What it yields is `ctx.state`.
 */
export type Lifespan<AppState, App = unknown> = (app: App) => AsyncGenerator<AppState, void, void>;

/** A lifespan whatever its types. */
export type AnyLifespan = Lifespan<unknown, never>;

/** Refuses a generator without a `yield`, whose type says that it yields `never`. */
export type MustYield<AppState> = [AppState] extends [never]
  ? { error: 'a lifespan yields once: the state, or {} if there is none' }
  : unknown;

/** What has been started, and is stopped in the reverse order; `failure` is what the start of something later, or the server, failed with. */
interface Started {
  stop(failure?: { readonly error: unknown }): Promise<unknown>;
}

/**
 * Answers a lifespan scope: start-up up to the yield and then that of the mounted apps, shutdown the other way round. What fails does not keep the
 * others from being stopped; the server is told of all failures.
 */
export async function runLifespan(
  lifespan: Lifespan<unknown> | undefined,
  app: unknown,
  mounts: readonly Mount[],
  scope: LifespanScope,
  receive: Receive,
  send: Send,
): Promise<void> {
  await receive();
  const started: Started[] = [];
  try {
    if (lifespan !== undefined) started.push(await start(lifespan(app), scope.state));
    for (const mount of mounts) await startMounted(mount, scope.state, started);
  } catch (error) {
    const message = describeErrors([error, ...(await unwind(started, { error }))]);
    await send({ type: 'lifespan.startup.failed', message });
    return;
  }
  try {
    await send({ type: 'lifespan.startup.complete' });
    await receive();
  } catch (error) {
    // The server has given up: what has been opened is closed all the same.
    const errors = await unwind(started, { error });
    throw errors.length === 0 ? error : new AggregateError([error, ...errors], describeErrors(errors));
  }
  const errors = await unwind(started);
  if (errors.length === 0) await send({ type: 'lifespan.shutdown.complete' });
  else await send({ type: 'lifespan.shutdown.failed', message: describeErrors(errors) });
}

async function start(generator: AsyncGenerator<unknown, void, void>, state: State): Promise<Started> {
  if (typeof generator?.next !== 'function' || typeof generator.throw !== 'function') {
    // An async function: its own failure, if there is one, must not end the process on top of this one.
    if (isPromiseLike(generator)) generator.then(undefined, () => {});
    throw new PipelineError(
      `A lifespan is an async generator function, async function* () { yield {}; }, and this one returned ${describeValue(generator)}.`,
    );
  }
  const step = await generator.next();
  if (step.done) {
    throw new PipelineError(
      'The lifespan returned without yielding: yield the state, or {} if there is none.',
    );
  }
  if (typeof step.value !== 'object' || step.value === null) {
    const problem = new PipelineError(
      `The lifespan yielded ${describeValue(step.value)}: yield an object, which becomes ctx.state.`,
    );
    await abandon(generator, problem);
    throw problem;
  }
  Object.assign(state, step.value);
  return { stop: (failure) => (failure === undefined ? stop(generator) : abandon(generator, failure.error)) };
}

/** An app that is mounted twice starts once, and is stopped with the first of its mounts. */
async function startMounted(mount: Mount, parent: State, started: Started[]): Promise<void> {
  const states = ownStates(parent);
  if (states.has(mount.key)) return;
  const state = { ...parent };
  const mounted = new MountedLifespan(mount.app, mount.label, state);
  states.set(mount.key, state);
  await mounted.start();
  states.set(mount.key, ownPart(state, parent));
  started.push(mounted);
}

/** Stops what has started, the last first, and answers what went wrong meanwhile. */
async function unwind(
  started: readonly Started[],
  failure?: { readonly error: unknown },
): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const running of started.toReversed()) {
    try {
      await running.stop(failure);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

async function stop(generator: AsyncGenerator<unknown, void, void>): Promise<void> {
  const step = await generator.next();
  if (step.done) return;
  const problem = new PipelineError('The lifespan yielded twice: yield once, and clean up after it.');
  await abandon(generator, problem);
  throw problem;
}

/** Ends a lifespan with an error, which it may let through: only another one is news. */
async function abandon(generator: AsyncGenerator<unknown, void, void>, reason: unknown): Promise<void> {
  try {
    await generator.throw(reason);
  } catch (error) {
    if (error !== reason) throw error;
  }
}

function describeErrors(errors: readonly unknown[]): string {
  if (errors.length === 1) return describeError(errors[0]);
  return `${errors.length} lifespans failed:\n${errors.map(describeError).join('\n')}`;
}

function describeError(error: unknown): string {
  if (error instanceof MountedLifespanError) return error.message;
  return error instanceof Error ? (error.stack ?? String(error)) : describeValue(error);
}
