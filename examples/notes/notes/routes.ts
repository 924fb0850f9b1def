import { type Context, type Empty, HTTPError, type Pullo, type Response } from '@pullo/core';
import type { User } from '../accounts/users.js';
import { attachments } from '../attachments/routes.js';
import type { State } from '../state.js';
import { readField } from '../web/form.js';
import { InvalidInput } from '../web/invalid-input.js';
import { seeOther } from '../web/see-other.js';
import { type NoteInput, readNote } from './note-input.js';
import type { Note } from './notes.js';
import { ownNote } from './own-note.js';
import { editPage, listPage, notePage, type Shelf } from './pages.js';

/** The pages of notes. */
export function notes(group: Pullo<{ user: User }, Empty, State>): void {
  group.get('/', (ctx) => listPage(shelf(ctx)));

  group.get('/new', (ctx) => editPage(shelf(ctx), undefined, { title: '', body: '' }));

  group.post('/', (ctx) => {
    const { state, user } = ctx;
    return saved(ctx, undefined, (input) => {
      const { id } = state.notes.create(user, input);
      state.changes.publish(user, { kind: 'created', id });
      return seeOther(`/notes/${id}`);
    });
  });

  group.group('/:note(int)', (one) => note(one.provide(ownNote)));
}

/** The pages of one note. */
function note(group: Pullo<{ user: User; note: Note }, Empty, State>): void {
  group.get('/', (ctx) => notePage(shelf(ctx), ctx.note, ctx.state.attachments.list(ctx.note)));

  group.get('/edit', (ctx) => editPage(shelf(ctx), ctx.note.id, ctx.note));

  group.post('/', (ctx) => {
    const { state, user, note } = ctx;
    return saved(ctx, note.id, (input) => {
      // It may have been deleted while the form was on its way.
      if (state.notes.update(user, note.id, input) === undefined) throw new HTTPError(404);
      state.changes.publish(user, { kind: 'updated', id: note.id });
      return seeOther(`/notes/${note.id}`);
    });
  });

  group.post('/delete', async ({ state, user, note }) => {
    await state.attachments.deleteWith(note, () => state.notes.delete(user, note.id));
    state.changes.publish(user, { kind: 'deleted', id: note.id });
    return seeOther('/notes');
  });

  group.group('/attachments', attachments);
}

type Visit = Context<string, { user: User }, State>;

/** The list beside a note, with what was searched for. */
function shelf({ request, state, user }: Visit): Shelf {
  const query = (request.query.get('q') ?? '').trim().slice(0, 200);
  return { user, query, notes: state.notes.search(user, query) };
}

/** Saves what a form has; one that is not filled in well comes back as it was, with what is wrong. */
async function saved(
  ctx: Visit,
  id: number | undefined,
  save: (input: NoteInput) => Response,
): Promise<Response> {
  const form = await ctx.request.formData();
  const draft = { title: readField(form, 'title'), body: readField(form, 'body') };
  try {
    return save(readNote(draft));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return editPage(shelf(ctx), id, { ...draft, problems: error.errors });
  }
}
