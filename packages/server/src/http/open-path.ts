import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { FilePart } from './file-transfer.js';
import { lengthProblem, violation } from './misuse.js';

/** Without `O_NONBLOCK` opening a FIFO would keep a thread of the pool for ever. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Throws `ContractViolation` for the path of an `http.response.pathsend` that is not absolute. */
export function checkPath(path: unknown): void {
  if (typeof path === 'string' && isAbsolute(path)) return;
  throw violation(`http.response.pathsend has the path ${JSON.stringify(path)}: it must be absolute`);
}

/**
 * Opens the regular file at a path for as long as `use` takes. It is sent as far as `announced` says, or whole with -1.
 *
 * Throws what the file system says, and `ContractViolation` for what is no regular file or too short.
 */
export async function withPath(
  path: string,
  announced: number,
  use: (part: FilePart) => Promise<void>,
): Promise<void> {
  const handle = await open(path, FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw violation(
        `http.response.pathsend has the path ${JSON.stringify(path)}, which is no regular file`,
      );
    }
    const count = announced === -1 ? stats.size : announced;
    const problem = stats.size < count ? lengthProblem(count, stats.size, true) : undefined;
    if (problem !== undefined) throw violation(problem);
    await use({ file: handle.fd, offset: 0, count });
  } finally {
    await handle.close();
  }
}
