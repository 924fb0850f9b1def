import { HTTPError, type Pullo } from '@pullo/core';
import type { User } from '../accounts/users.js';
import type { State } from '../state.js';
import { seeOther } from '../web/see-other.js';
import { download } from './download.js';
import { readUpload } from './upload.js';

/** The attachments of a note, under `/:note(int)`. */
export function attachments(group: Pullo<{ user: User }, { readonly note: number }, State>): void {
  group.post('/', async ({ params, request, state, user }) => {
    // Asked for before the body is read: nobody uploads to a note that is not theirs.
    const note = state.notes.find(user, params.note);
    if (note === undefined) throw new HTTPError(404);
    for (const file of await readUpload(request)) await state.attachments.add(user, note, file);
    state.changes.publish(user, { kind: 'updated', id: note.id });
    return seeOther(`/notes/${note.id}`);
  });

  group.get('/:id(int)', ({ params, state, user }) => {
    const found = state.attachments.find(user, params.note, params.id);
    if (found === undefined) throw new HTTPError(404);
    return download(found.attachment, found.path);
  });

  group.post('/:id(int)/delete', async ({ params, state, user }) => {
    const isGone = await state.attachments.delete(user, params.note, params.id);
    if (!isGone) throw new HTTPError(404);
    state.changes.publish(user, { kind: 'updated', id: params.note });
    return seeOther(`/notes/${params.note}`);
  });
}
