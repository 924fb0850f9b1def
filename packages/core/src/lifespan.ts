import type { LifespanScope, Receive, Send } from '@pullo/asgi';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';

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

/** Answers a lifespan scope: start-up up to the yield, shutdown after it. A failure is told to the server. */
export async function runLifespan(
  lifespan: Lifespan<unknown> | undefined,
  app: unknown,
  scope: LifespanScope,
  receive: Receive,
  send: Send,
): Promise<void> {
  await receive();
  let generator: AsyncGenerator<unknown, void, void> | undefined;
  try {
    generator = lifespan?.(app);
    if (generator !== undefined) await start(generator, scope);
  } catch (error) {
    await send({ type: 'lifespan.startup.failed', message: describeError(error) });
    return;
  }
  try {
    await send({ type: 'lifespan.startup.complete' });
    await receive();
  } catch (error) {
    // The server has given up: what the lifespan opened is closed all the same.
    await generator?.throw(error);
    throw error;
  }
  try {
    if (generator !== undefined) await stop(generator);
  } catch (error) {
    await send({ type: 'lifespan.shutdown.failed', message: describeError(error) });
    return;
  }
  await send({ type: 'lifespan.shutdown.complete' });
}

async function start(generator: AsyncGenerator<unknown, void, void>, scope: LifespanScope): Promise<void> {
  if (typeof generator?.next !== 'function' || typeof generator.throw !== 'function') {
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
  if (typeof step.value === 'object' && step.value !== null) {
    Object.assign(scope.state, step.value);
    return;
  }
  const problem = new PipelineError(
    `The lifespan yielded ${describeValue(step.value)}: yield an object, which becomes ctx.state.`,
  );
  await generator.throw(problem);
  throw problem;
}

async function stop(generator: AsyncGenerator<unknown, void, void>): Promise<void> {
  const step = await generator.next();
  if (step.done) return;
  const problem = new PipelineError('The lifespan yielded twice: yield once, and clean up after it.');
  await generator.throw(problem);
  throw problem;
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : describeValue(error);
}
