import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, type ListenOptions, type Server } from 'node:net';
import type { ServerAddress } from '@pullo/asgi';
import { StartupFailed } from '../errors.js';

/** How long the path of a unix socket may be: the field of the system has one byte more, and four less on macOS and the BSDs. */
const MAX_PATH = process.platform === 'linux' ? 107 : 103;

/** Where a server is to listen: at `fd` if there is one, else at `uds`, else at `host` and `port`. */
export interface Place {
  host: string;
  port: number;
  uds: string | undefined;
  udsMode: number;
  fd: number | undefined;
  backlog: number;
}

/** Begins to listen; resolves with the address, and throws `StartupFailed` if it cannot be had. */
export async function listen(server: Server, place: Place): Promise<ServerAddress> {
  const uds = place.fd === undefined ? place.uds : undefined;
  if (uds !== undefined) await makeRoom(uds);
  await listening(server, place);
  if (uds !== undefined) await chmod(uds, place.udsMode);
  return addressOf(server, place);
}

/**
 * Removes the unix socket that a server which is no more has left at a path. Throws `StartupFailed` if a server listens there,
 * or if something other than a socket is there.
 */
async function makeRoom(path: string): Promise<void> {
  const where = `Cannot listen on unix:${path}`;
  const length = Buffer.byteLength(path);
  // Longer ones are cut off by Node 20 without a word.
  if (length > MAX_PATH) {
    throw new StartupFailed(
      `${where}: the path has ${length} bytes, and ${MAX_PATH} are the most. Choose a shorter one.`,
    );
  }
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new StartupFailed(
      `${where}: something that is not a socket has that name. Remove it, or choose another path.`,
    );
  }
  if (await answers(path)) {
    throw new StartupFailed(`${where}: another program listens there. Stop it, or choose another path.`);
  }
  await unlink(path).catch((error: Error) => {
    throw new StartupFailed(
      `${where}: a dead server has left it, and it cannot be removed (${error.message}).`,
      {
        cause: error,
      },
    );
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Only this says that nobody listens; a socket whose queue is full or that is another user's is in use.
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}

function listening(server: Server, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      reject(new StartupFailed(problemOf(error, place), { cause: error }));
    };
    server.once('error', failed);
    server.listen(optionsOf(place), () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function optionsOf({ host, port, uds, fd, backlog }: Place): ListenOptions & { fd?: number } {
  if (fd !== undefined) return { fd, backlog };
  if (uds !== undefined) return { path: uds, backlog };
  return { host, port, backlog };
}

function addressOf(server: Server, { uds, fd }: Place): ServerAddress {
  const address = server.address();
  if (address !== null && typeof address === 'object' && 'port' in address && address.port !== undefined) {
    return { host: address.address, port: address.port };
  }
  // Node does not know the path of a unix socket that it has been handed.
  return { host: fd === undefined ? (uds ?? '') : `fd:${fd}`, port: null };
}

function problemOf(error: NodeJS.ErrnoException, { host, port, uds, fd }: Place): string {
  if (fd !== undefined) {
    return `Cannot listen on fd ${fd}: it is not a socket that listens (${error.code}). Have the one who starts pullo open it and hand it on.`;
  }
  if (uds !== undefined) {
    return `Cannot listen on unix:${uds}: ${error.message}. Its folder must be there and be writable.`;
  }
  const where = `Cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where}: another program has the port. Stop it, or choose another port (0 picks a free one).`;
    case 'EACCES':
      return `${where}: not permitted. Ports below 1024 need special rights; choose a higher one.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${where}: this machine has no such address. Use 127.0.0.1 for this machine only, 0.0.0.0 for all networks.`;
    default:
      return `${where}: ${error.message}`;
  }
}
