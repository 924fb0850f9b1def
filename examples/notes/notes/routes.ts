import { type Empty, EventStreamResponse, HTTPError, type Pullo, type Response } from '@pullo/core';
import type { Session } from '../accounts/sessions.js';
import type { User } from '../accounts/users.js';
import { attachments } from '../attachments/routes.js';
import type { State } from '../state.js';
import { InvalidInput } from '../web/invalid-input.js';
import { seeOther } from '../web/see-other.js';
import { readNote } from './note-input.js';
import { editPage, listPage, notePage, type Shelf } from './pages.js';

/** What the pages of notes find in their context. */
export interface SignedIn {
  user: User;
  session: Session | undefined;
}

/** The pages of notes. */
export function notes(group: Pullo<SignedIn, Empty, State>): void {
  const shelves = group.provide(({ request, state, user }): { shelf: Shelf } => {
    const query = (request.query.get('q') ?? '').trim().slice(0, 200);
    return { shelf: { user, query, notes: state.notes.search(user, query) } };
  });

  shelves.get('/', ({ shelf }) => listPage(shelf));

  shelves.get('/new', ({ shelf }) => editPage(shelf, undefined, { title: '', body: '' }));

  shelves.post('/', async ({ request, state, user, shelf }) => {
    return withNote(await request.formData(), shelf, undefined, (input) => {
      const { id } = state.notes.create(user, input);
      state.changes.publish(user, { kind: 'created', id });
      return seeOther(`/notes/${id}`);
    });
  });

  shelves.get('/:id(int)', ({ params, state, user, shelf }) => {
    const note = state.notes.find(user, params.id);
    if (note === undefined) throw new HTTPError(404);
    return notePage(shelf, note, state.attachments.list(note));
  });

  shelves.get('/:id(int)/edit', ({ params, state, user, shelf }) => {
    const note = state.notes.find(user, params.id);
    if (note === undefined) throw new HTTPError(404);
    return editPage(shelf, note.id, note);
  });

  shelves.post('/:id(int)', async ({ params: { id }, request, state, user, shelf }) => {
    return withNote(await request.formData(), shelf, id, (input) => {
      if (state.notes.update(user, id, input) === undefined) throw new HTTPError(404);
      state.changes.publish(user, { kind: 'updated', id });
      return seeOther(`/notes/${id}`);
    });
  });

  shelves.post('/:id(int)/delete', async ({ params: { id }, state, user }) => {
    const note = state.notes.find(user, id);
    if (note === undefined) throw new HTTPError(404);
    await state.attachments.deleteWith(note, () => state.notes.delete(user, id));
    state.changes.publish(user, { kind: 'deleted', id });
    return seeOther('/notes');
  });

  group.group('/:note(int)/attachments', attachments);
}

/** Live updates: a page that has this open learns of every change. */
export function events(group: Pullo<SignedIn, Empty, State>): void {
  group.get('/', ({ state, session }) => {
    if (session === undefined) throw new HTTPError(401);
    return new EventStreamResponse(state.changes.follow(session));
  });
}

/** Hands on the note that a form has; a form that is not filled in well comes back with what is wrong. */
function withNote(
  form: FormData,
  shelf: Shelf,
  id: number | undefined,
  use: (input: ReturnType<typeof readNote>) => Response,
): Response {
  const fields = { title: form.get('title'), body: form.get('body') };
  try {
    return use(readNote(fields));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const [title, body] = [fields.title, fields.body].map((value) =>
      typeof value === 'string' ? value : '',
    );
    return editPage(shelf, id, { title: title ?? '', body: body ?? '', problems: error.errors });
  }
}
