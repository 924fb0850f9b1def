import type { Logger } from '../logger.js';

/** What is waited for without an end. */
interface Stuck {
  problem: string;
  /** What the process ends with. */
  code: number;
}

/**
 * Waits for something that an app does. Where nothing is left that could ever end it, Node would end the process with 13 and next
 * to no word: here the problem is logged, and the code says what happened.
 */
export async function orStuck<Value>(
  doing: Promise<Value>,
  logger: Logger,
  { problem, code }: Stuck,
): Promise<Value> {
  const end = (): void => {
    logger.log('error', `${problem}: it waits for a promise that nothing is left to settle.`);
    logger.flush?.();
    process.exit(code);
  };
  process.once('beforeExit', end);
  try {
    return await doing;
  } finally {
    process.off('beforeExit', end);
  }
}
