import type { Logger } from '../logger.js';
import { EXIT } from './exit-codes.js';

let isLeaving = false;

/** Ends the process because `pullo` wants it to end. */
export function leave(code: number): never {
  isLeaving = true;
  process.exit(code);
}

/** Loads an app, whose own `process.exit()` meanwhile is told: it would end the server before it is one, and with 0 as if all were well. */
export async function orLeft<Value>(loading: Promise<Value>, app: string, logger: Logger): Promise<Value> {
  const tell = (code: number): void => {
    if (isLeaving) return;
    logger.log('error', `${app} has ended the process with code ${code} while it was being loaded.`);
    if (code === EXIT.stopped) process.exitCode = EXIT.notStarted;
  };
  process.on('exit', tell);
  try {
    return await loading;
  } finally {
    process.off('exit', tell);
  }
}
