import { type Context, HTTPError } from '@pullo/core';
import type { User } from '../accounts/users.js';
import type { State } from '../state.js';
import type { Note } from './notes.js';

/** Provides the note that a path names: the one place that looks it up. What is somebody else's is not there for anything below. */
export function ownNote({ params, state, user }: Context<'/:note(int)', { user: User }, State>): {
  note: Note;
} {
  const note = state.notes.find(user, params.note);
  if (note === undefined)
    throw new HTTPError(404, { detail: 'There is no such note, or it is somebody else’s.' });
  return { note };
}
