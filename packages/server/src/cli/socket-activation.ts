import { InvalidOption } from '../errors.js';

/** The first of the sockets that systemd hands on (sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * The number of the socket that systemd has opened for this process, if it has. The variables that say so are taken out of
 * `environment`, so that no child takes them for its own. Throws `InvalidOption` if there are several.
 */
export function activatedSocket(environment: NodeJS.ProcessEnv): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = environment;
  if (LISTEN_PID !== String(process.pid) || LISTEN_FDS === undefined) return undefined;
  if (LISTEN_FDS !== '1') {
    throw new InvalidOption(
      `systemd hands on ${LISTEN_FDS} sockets, but one server listens on one: have one in the .socket unit.`,
    );
  }
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[name];
  return FIRST_FD;
}
