import type { Logger } from '../logger.js';
import { EXIT } from './exit-codes.js';
import { leave } from './leave.js';

/** How long an app may take before the log says what is waited for: nothing else would, while it loads. */
const PATIENCE = 5000;

/** What is waited for. */
interface Awaited {
  /** That it never comes. */
  problem: string;
  /** What the process ends with then. */
  code: number;
  /** What is told of one that takes long, though it may still come. */
  slow?: string;
}

/** How an app is waited for that is being loaded. */
export function loading(app: string): Awaited {
  return {
    problem: `${app} is never loaded`,
    code: EXIT.notStarted,
    slow: `${app} has not been loaded after ${PATIENCE / 1000} s: a top-level await in it, in what it imports, or its factory takes so long. Still waiting.`,
  };
}

/** How its start-up is waited for, of which the log says itself when it begins. */
export const STARTING: Awaited = {
  problem: 'The app never completes its start-up',
  code: EXIT.notStarted,
};

/**
 * Waits for something that an app does. Where nothing is left that could ever end it, Node would end the process with 13 and next
 * to no word: here the problem is logged, and the code says what happened. One that takes long is told too, and waited for.
 */
export async function orStuck<Value>(
  doing: Promise<Value>,
  logger: Logger,
  { problem, code, slow }: Awaited,
): Promise<Value> {
  const end = (): void => {
    logger.log('error', `${problem}: it waits for a promise that nothing is left to settle.`);
    logger.flush?.();
    leave(code);
  };
  const patience = slow === undefined ? undefined : setTimeout(() => logger.log('warning', slow), PATIENCE);
  // What waits for nothing but this is stuck all the same.
  patience?.unref();
  process.once('beforeExit', end);
  try {
    return await doing;
  } finally {
    clearTimeout(patience);
    process.off('beforeExit', end);
  }
}
