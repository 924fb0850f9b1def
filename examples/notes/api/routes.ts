import { type Empty, HTTPError, JSONResponse, type Pullo, type Request } from '@pullo/core';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { requireUser } from '@pullo/middleware/require-user';
import type { Visitor } from '../accounts/authentication.js';
import type { User } from '../accounts/users.js';
import type { Attachment } from '../attachments/attachments.js';
import { download } from '../attachments/download.js';
import { readUpload } from '../attachments/upload.js';
import { readNote } from '../notes/note-input.js';
import type { Note } from '../notes/notes.js';
import { ownNote } from '../notes/own-note.js';
import { unmarked } from '../notes/text.js';
import type { State } from '../state.js';
import { problemJSON } from '../web/errors.js';

/** The JSON API: for programs with a token, and for pages with a session. */
export function api(group: Pullo<Visitor, Empty, State>): void {
  group.onError(Error, problemJSON);

  group
    .use(
      bearerAuth({
        realm: 'Notes',
        optional: true,
        verify: (token, { state }) => state.apiTokens.userOf(token),
      }),
    )
    .provide(tokenOrSession)
    .use(requireUser())
    .group('/notes', notes);
}

/** A token that was sent counts: a wrong one has been refused by now, and not passed over for a cookie. */
function tokenOrSession({ user, session }: Visitor): { user: User | undefined } {
  return { user: user ?? session?.user };
}

function notes(group: Pullo<{ user: User }, Empty, State>): void {
  group.get('/', ({ request, state, user }) => {
    const notes = state.notes.search(user, request.query.get('q') ?? '');
    return { notes: notes.map((note) => ({ ...note, excerpt: unmarked(note.excerpt) })) };
  });

  group.post('/', async ({ request, state, user }) => {
    const note = state.notes.create(
      user,
      readNote({ title: undefined, body: '', ...(await readObject(request)) }),
    );
    state.changes.publish(user, { kind: 'created', id: note.id });
    return new JSONResponse(represent(note, []), {
      status: 201,
      headers: { location: `/api/notes/${note.id}` },
    });
  });

  group.group('/:note(int)', (one) => note(one.provide(ownNote)));
}

function note(group: Pullo<{ user: User; note: Note }, Empty, State>): void {
  group.get('/', ({ state, note }) => represent(note, state.attachments.list(note)));

  group.patch('/', async ({ request, state, user, note }) => {
    const changes = await readObject(request);
    // As it is now: it may have been changed, or deleted, while the body was on its way.
    const before = state.notes.find(user, note.id);
    const after = before && state.notes.update(user, note.id, readNote({ ...before, ...changes }));
    if (after === undefined) throw new HTTPError(404);
    state.changes.publish(user, { kind: 'updated', id: note.id });
    return represent(after, state.attachments.list(after));
  });

  group.delete('/', async ({ state, user, note }) => {
    await state.attachments.deleteWith(note, () => state.notes.delete(user, note.id));
    state.changes.publish(user, { kind: 'deleted', id: note.id });
    return null;
  });

  group.post('/attachments', async ({ request, state, user, note }) => {
    const added: Attachment[] = [];
    for (const file of await readUpload(request)) added.push(await state.attachments.add(user, note, file));
    state.changes.publish(user, { kind: 'updated', id: note.id });
    return new JSONResponse({ attachments: added.map((one) => withURL(note, one)) }, { status: 201 });
  });

  group.get('/attachments/:id(int)', ({ params, state, user, note }) => {
    const found = state.attachments.find(user, note, params.id);
    if (found === undefined) throw new HTTPError(404, { detail: `The note has no attachment ${params.id}.` });
    return download(found.attachment, found.path);
  });
}

function represent(note: Note, attachments: readonly Attachment[]) {
  return { ...note, attachments: attachments.map((attachment) => withURL(note, attachment)) };
}

function withURL(note: Note, attachment: Attachment) {
  return { ...attachment, url: `/api/notes/${note.id}/attachments/${attachment.id}` };
}

/** The body as an object; which of its members are there, and what they are, is still to be seen. */
async function readObject(request: Request): Promise<object> {
  const value = await request.json();
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new HTTPError(422, { detail: 'A note is an object with a title and a body.' });
}
