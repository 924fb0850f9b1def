import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../logger.js';
import type { WorkerProcess } from './worker-process.js';

/** How many questions a worker may leave unanswered. */
const QUESTIONS = 4;

/**
 * Kills workers whose event loop has not turned for longer than `limit` milliseconds, until `signal` aborts.
 *
 * Unanswered questions are counted rather than time, so that a parent which has been held up itself does not take its workers for dead.
 */
export async function killHung(
  workers: () => Iterable<WorkerProcess | null>,
  limit: number,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  if (limit === Number.POSITIVE_INFINITY) return;
  while (!signal.aborted) {
    await sleep(limit / QUESTIONS, undefined, { signal }).catch(() => {});
    for (const worker of workers()) {
      if (worker?.readyAt == null) continue;
      if (worker.unanswered < QUESTIONS) {
        worker.ask();
        continue;
      }
      logger.log('error', `${worker.label} has not answered for ${limit} ms: it is killed.`);
      worker.kill();
    }
  }
}
