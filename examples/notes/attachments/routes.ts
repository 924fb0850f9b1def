import { type Empty, HTTPError, type Pullo } from '@pullo/core';
import type { User } from '../accounts/users.js';
import type { Note } from '../notes/notes.js';
import type { State } from '../state.js';
import { seeOther } from '../web/see-other.js';
import { download } from './download.js';
import { readUpload } from './upload.js';

/** The attachments of a note. That it is the user's own has been seen to before any body is read. */
export function attachments(group: Pullo<{ user: User; note: Note }, Empty, State>): void {
  group.post('/', async ({ request, state, user, note }) => {
    for (const file of await readUpload(request)) await state.attachments.add(user, note, file);
    state.changes.publish(user, { kind: 'updated', id: note.id });
    return seeOther(`/notes/${note.id}`);
  });

  group.get('/:id(int)', ({ params, state, user, note }) => {
    const found = state.attachments.find(user, note, params.id);
    if (found === undefined) throw new HTTPError(404);
    return download(found.attachment, found.path);
  });

  group.post('/:id(int)/delete', async ({ params, state, user, note }) => {
    const isGone = await state.attachments.delete(user, note, params.id);
    if (!isGone) throw new HTTPError(404);
    state.changes.publish(user, { kind: 'updated', id: note.id });
    return seeOther(`/notes/${note.id}`);
  });
}
