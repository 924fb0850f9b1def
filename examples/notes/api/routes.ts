import { type Empty, HTTPError, JSONResponse, type Pullo } from '@pullo/core';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { requireUser } from '@pullo/middleware/require-user';
import type { Visitor } from '../accounts/authentication.js';
import type { User } from '../accounts/users.js';
import type { Attachment } from '../attachments/attachments.js';
import { download } from '../attachments/download.js';
import { readUpload } from '../attachments/upload.js';
import { readNote } from '../notes/note-input.js';
import type { Note } from '../notes/notes.js';
import { unmarked } from '../notes/text.js';
import type { State } from '../state.js';
import { problemJSON } from '../web/errors.js';

/** The JSON API: for programs with a token, and for pages with a session. */
export function api(group: Pullo<Visitor, Empty, State>): void {
  group.onError(Error, problemJSON);

  const signedIn = group
    .use(
      bearerAuth({
        realm: 'Notes',
        optional: true,
        verify: (token, { state }) => state.apiTokens.userOf(token),
      }),
    )
    // A token that was sent counts: it is not passed over for a cookie.
    .provide(({ user, session }) => ({ user: user ?? session?.user }))
    .use(requireUser());

  signedIn.group('/notes', notes);
}

function notes(group: Pullo<{ user: User }, Empty, State>): void {
  group.get('/', ({ request, state, user }) => {
    const notes = state.notes.search(user, request.query.get('q') ?? '');
    return { notes: notes.map((note) => ({ ...note, excerpt: unmarked(note.excerpt) })) };
  });

  group.post('/', async ({ request, state, user }) => {
    const note = state.notes.create(
      user,
      readNote({ title: undefined, body: '', ...(await readObject(request.json())) }),
    );
    state.changes.publish(user, { kind: 'created', id: note.id });
    return new JSONResponse(represent(note, []), {
      status: 201,
      headers: { location: `/api/notes/${note.id}` },
    });
  });

  group.get('/:id(int)', ({ params, state, user }) => {
    const note = found(state.notes.find(user, params.id));
    return represent(note, state.attachments.list(note));
  });

  // Fields that are left out stay as they are.
  group.patch('/:id(int)', async ({ params: { id }, request, state, user }) => {
    const changes = await readObject(request.json());
    // Nothing is awaited from here on: no other request comes between reading the note and writing it.
    const input = readNote({ ...found(state.notes.find(user, id)), ...changes });
    const note = found(state.notes.update(user, id, input));
    state.changes.publish(user, { kind: 'updated', id });
    return represent(note, state.attachments.list(note));
  });

  group.delete('/:id(int)', async ({ params: { id }, state, user }) => {
    const note = found(state.notes.find(user, id));
    await state.attachments.deleteWith(note, () => state.notes.delete(user, id));
    state.changes.publish(user, { kind: 'deleted', id });
    return null;
  });

  group.post('/:id(int)/attachments', async ({ params: { id }, request, state, user }) => {
    const note = found(state.notes.find(user, id));
    const added: Attachment[] = [];
    for (const file of await readUpload(request)) added.push(await state.attachments.add(user, note, file));
    state.changes.publish(user, { kind: 'updated', id });
    return new JSONResponse(
      { attachments: added.map((attachment) => withURL(note, attachment)) },
      { status: 201 },
    );
  });

  group.get('/:id(int)/attachments/:attachment(int)', ({ params, state, user }) => {
    const { attachment, path } = found(state.attachments.find(user, params.id, params.attachment));
    return download(attachment, path);
  });
}

function represent(note: Note, attachments: readonly Attachment[]) {
  return { ...note, attachments: attachments.map((attachment) => withURL(note, attachment)) };
}

function withURL(note: Note, attachment: Attachment) {
  return { ...attachment, url: `/api/notes/${note.id}/attachments/${attachment.id}` };
}

/** The body as an object; which of its members are there, and what they are, is still to be seen. */
async function readObject(json: Promise<unknown>): Promise<object> {
  const value = await json;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new HTTPError(422, { detail: 'A note is an object with a title and a body.' });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new HTTPError(404, { detail: 'You have no such note.' });
  return value;
}
