import type { Empty, Pullo, Request, Response } from '@pullo/core';
import { requireUser } from '@pullo/middleware/require-user';
import type { State } from '../state.js';
import { readField } from '../web/form.js';
import { InvalidInput } from '../web/invalid-input.js';
import { seeOther } from '../web/see-other.js';
import { readAccount, readName } from './account-input.js';
import { deleteSessionCookie, setSessionCookie, type Visitor } from './authentication.js';
import { accountPage, signInPage, signUpPage, welcomePage } from './pages.js';
import type { Session } from './sessions.js';
import type { User } from './users.js';

/** Guesses of one password, guesses from one address, and new accounts from one. A stranger can lock an account for as long, no longer. */
const PER_NAME = { attempts: 10, minutes: 15 };
const PER_ADDRESS = { attempts: 50, minutes: 15 };
const SIGN_UPS = { attempts: 20, minutes: 60 };

/** Signing up, in and out. */
export function accounts(app: Pullo<Visitor, Empty, State>): void {
  app.get('/', ({ user }) => (user === undefined ? welcomePage() : seeOther('/notes')));

  app.get('/sign-in', ({ request, user }) => {
    const next = ownPath(request.query.get('next'));
    return user === undefined ? signInPage({ next }) : seeOther(next);
  });

  app.post('/sign-in', async ({ request, state, session }) => {
    const form = await request.formData();
    const name = readName(form);
    const next = ownPath(readField(form, 'next'));
    state.throttle.count(`sign-in from ${addressOf(request)}`, PER_ADDRESS);
    state.throttle.count(`sign-in as ${name}`, PER_NAME);
    const user = await state.users.authenticate(name, readField(form, 'password'));
    if (user === undefined) {
      return signInPage({ next, name, problem: 'That name and password do not go together.' });
    }
    state.throttle.forget(`sign-in as ${name}`);
    return begin(user, session, next, request, state);
  });

  app.get('/sign-up', ({ user }) => (user === undefined ? signUpPage() : seeOther('/notes')));

  app.post('/sign-up', async ({ request, state, session }) => {
    const form = await request.formData();
    try {
      const { name, password } = readAccount(form);
      state.throttle.count(`sign-up from ${addressOf(request)}`, SIGN_UPS);
      const user = await state.users.create(name, password);
      if (user === undefined) throw new InvalidInput({ name: 'That name is taken.' });
      return begin(user, session, '/notes', request, state);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return signUpPage({ name: readName(form), problems: error.errors });
    }
  });

  app.post('/sign-out', ({ request, state, session }) => {
    if (session !== undefined) end(session, state);
    return deleteSessionCookie(seeOther('/'), request, state);
  });

  app.group('/account', account);
}

/** What one does with one's own account. */
function account(group: Pullo<Visitor, Empty, State>): void {
  const signedIn = group.use(requireUser());

  signedIn.get('/', ({ state, user }) => accountPage({ user, tokens: state.apiTokens.list(user) }));

  signedIn.post('/tokens', async ({ request, state, user }) => {
    const form = await request.formData();
    const label = readField(form, 'label').trim().slice(0, 60) || 'Without a name';
    const token = state.apiTokens.create(user, label);
    return accountPage({ user, tokens: state.apiTokens.list(user), created: token });
  });

  signedIn.post('/tokens/:id(int)/revoke', ({ params, state, user }) => {
    state.apiTokens.revoke(user, params.id);
    return seeOther('/account');
  });

  signedIn.post('/sign-out-everywhere', ({ request, state, user }) => {
    state.sessions.endAll(user);
    state.changes.signOut(user);
    return deleteSessionCookie(seeOther('/'), request, state);
  });
}

/** A new session with a token of its own takes the place of the one that there may have been. */
function begin(
  user: User,
  before: Session | undefined,
  next: string,
  request: Request,
  state: State,
): Response {
  if (before !== undefined) end(before, state);
  return setSessionCookie(seeOther(next), state.sessions.begin(user), request, state);
}

/** Ends a session, and tells the pages that it has open. */
function end(session: Session, state: State): void {
  state.sessions.end(session);
  state.changes.signOut(session.user, session);
}

/** A path of this app to go to, and nothing that a browser takes for another host, such as `//elsewhere` or `/\elsewhere`. */
function ownPath(next: string | null): string {
  const here = 'http://here.invalid';
  if (next === null || !next.startsWith('/') || !URL.canParse(next, here)) return '/notes';
  const { origin, pathname, search } = new URL(next, here);
  return origin === here && !pathname.startsWith('//') ? pathname + search : '/notes';
}

function addressOf(request: Request): string {
  return request.client?.host ?? 'an unknown address';
}
