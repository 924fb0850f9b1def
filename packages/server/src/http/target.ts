import { BadPath, canonicalPath } from '@pullo/asgi';
import { isHost } from '@pullo/asgi/http';
import { Refusal } from './refusal.js';

/** A request target (RFC 9112, section 3.2), taken apart. */
export interface Target {
  /** Canonical: see the path rule of the contract. */
  path: string;
  /** As received. */
  rawPath: string;
  /** What follows the first `?`. */
  queryString: string;
  /** The authority of an absolute-form target, which stands above the Host field. */
  authority: string | null;
}

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;
const SLASH = 0x2f;

/** Throws `Refusal` with the status that the client gets. */
export function parseTarget(method: string, target: string, maxBytes: number): Target {
  if (target.length > maxBytes) throw new Refusal(414, `The target is longer than ${maxBytes} bytes.`);
  if (target.charCodeAt(0) === SLASH) return split(target, null);
  if (target === '*' && method === 'OPTIONS') {
    return { path: '*', rawPath: '*', queryString: '', authority: null };
  }
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) {
    throw new Refusal(400, 'The target is neither a path, nor an http or https URL, nor the * of OPTIONS.');
  }
  const authority = absolute[1] as string;
  if (authority === '' || !isHost(authority)) throw new Refusal(400, 'The target has no valid host.');
  const rest = absolute[2] as string;
  // RFC 9112, section 3.2.4: OPTIONS of an absolute-form target with no path is about the server.
  if (rest === '' && method === 'OPTIONS') return { path: '*', rawPath: '*', queryString: '', authority };
  return split(rest.startsWith('/') ? rest : `/${rest}`, authority);
}

function split(target: string, authority: string | null): Target {
  if (target.includes('#')) throw new Refusal(400, 'The target has a fragment.');
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const queryString = mark === -1 ? '' : target.slice(mark + 1);
  try {
    return { path: canonicalPath(rawPath), rawPath, queryString, authority };
  } catch (error) {
    if (error instanceof BadPath) throw new Refusal(400, `The path is not valid: ${error.problem}.`);
    throw error;
  }
}
