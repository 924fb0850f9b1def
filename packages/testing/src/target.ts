import { BadPath, canonicalPath } from '@pullo/asgi';
import { isHost } from '@pullo/asgi/http';

/** A request that a server answers itself, with 400, before any app sees it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A request target, taken apart as the server does it (RFC 9112, section 3.2). */
export interface Target {
  path: string;
  rawPath: string;
  queryString: string;
  /** The host that an absolute-form target names: the Host field yields to it. */
  authority: string | null;
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)(.*)$/i;
const NOT_IN_QUERY = /[^\x21-\x7e]/g;

/** Throws `Refusal`. */
export function parseTarget(method: string, target: string): Target {
  const absolute = ABSOLUTE_FORM.exec(target);
  if (absolute === null) return split(target, null);
  const [, authority = '', rest = ''] = absolute;
  if (authority === '' || !isHost(authority)) throw new Refusal('The target has no valid host.');
  // RFC 9112, section 3.2.4: the target of a server-wide OPTIONS.
  if (rest === '' && method === 'OPTIONS') return { path: '*', rawPath: '*', queryString: '', authority };
  return split(rest.startsWith('/') ? rest : `/${rest}`, authority);
}

/** Throws `Refusal` for a Host field that is none (RFC 9112, section 3.2). */
export function checkHost(host: string): void {
  if (!isHost(host)) throw new Refusal('The Host field is not valid.');
}

function split(target: string, authority: string | null): Target {
  if (target.includes('#')) throw new Refusal('The target has a fragment.');
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const queryString = mark === -1 ? '' : target.slice(mark + 1).replace(NOT_IN_QUERY, escapeByte);
  try {
    return { path: canonicalPath(rawPath), rawPath, queryString, authority };
  } catch (error) {
    if (error instanceof BadPath) throw new Refusal(`The path is not valid: ${error.problem}.`);
    throw error;
  }
}

function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
