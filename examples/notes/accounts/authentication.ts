import type { Empty, Middleware, Request, Response } from '@pullo/core';
import type { State } from '../state.js';
import { SESSION_SECONDS, type Session } from './sessions.js';
import type { User } from './users.js';

/** What authentication finds out: `undefined` for those who have not signed in. */
export interface Visitor {
  session: Session | undefined;
  user: User | undefined;
}

/** Provides the session that the cookie stands for, and its user. */
export const authentication: Middleware<Visitor, Empty, unknown, State> = ({ request, state }, next) => {
  const token = request.cookies.get(cookieName(request, state));
  const session = token === undefined ? undefined : state.sessions.find(token);
  return next({ session, user: session?.user });
};

/** Hands a token to the browser: kept from scripts, and not sent along with what other sites send. */
export function setSessionCookie(
  response: Response,
  token: string,
  request: Request,
  state: State,
): Response {
  return response.setCookie(cookieName(request, state), token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: state.site.isSecure(request),
    maxAge: SESSION_SECONDS,
  });
}

export function deleteSessionCookie(response: Response, request: Request, state: State): Response {
  return response.deleteCookie(cookieName(request, state));
}

/** With the prefix, browsers take the cookie from this very host only, and over TLS. There is no TLS on one's own machine. */
function cookieName(request: Request, state: State): string {
  return state.site.isSecure(request) ? '__Host-session' : 'session';
}
