import { type Empty, EventStreamResponse, HTTPError, type Pullo } from '@pullo/core';
import type { Visitor } from '../accounts/authentication.js';
import type { State } from '../state.js';

/** Live updates: a page that has this open learns of every change. */
export function events(app: Pullo<Visitor, Empty, State>): void {
  app.get('/events', ({ state, session }) => {
    if (session === undefined) throw new HTTPError(401);
    return new EventStreamResponse(state.changes.follow(session));
  });
}
