import type { HTMLResponse } from '@pullo/core';
import type { User } from '../accounts/users.js';
import type { Attachment } from '../attachments/attachments.js';
import { attachmentList } from '../attachments/list.js';
import { asset } from '../web/assets.js';
import { field } from '../web/field.js';
import { type Content, html } from '../web/html.js';
import { page } from '../web/layout.js';
import { MAX_BODY, MAX_TITLE } from './note-input.js';
import type { Note, NoteSummary } from './notes.js';
import { linked, marked } from './text.js';

/** What stands beside the note on every page: the list, and what was searched for in it. */
export interface Shelf {
  readonly user: User;
  readonly query: string;
  readonly notes: readonly NoteSummary[];
}

/** The list, with nothing chosen from it. */
export function listPage(shelf: Shelf): HTMLResponse {
  const body = html`<div class="blank" data-live="empty">
    <img class="blank-mark" src="${asset('icon.svg')}" alt="">
    ${
      shelf.notes.length === 0 && shelf.query === ''
        ? html`<h1>Your first note</h1><p>Everything you write is yours alone.</p>`
        : html`<h1>Pick a note</h1><p>Choose one from the list, or begin a new one.</p>`
    }
    <p><a class="button" href="/notes/new">New note</a></p>
  </div>`;
  return shelfPage({ shelf, title: 'Your notes', kind: 'list', body });
}

export function notePage(shelf: Shelf, note: Note, attachments: readonly Attachment[]): HTMLResponse {
  const body = html`<article class="note" data-live="note">
    <header class="note-head">
      <h1>${note.title}</h1>
      <p class="meta">Changed <time datetime="${note.updatedAt}">${note.updatedAt.slice(0, 10)}</time></p>
      <div class="note-actions">
        <a class="button quiet small" href="/notes/${note.id}/edit">Edit</a>
        <details class="confirm">
          <summary class="button quiet small danger">Delete</summary>
          <form method="post" action="/notes/${note.id}/delete" class="popover">
            <p>Delete this note and its files for good?</p>
            <button class="button danger">Delete it</button>
          </form>
        </details>
      </div>
    </header>
    <div class="prose">${note.body === '' ? html`<p class="faint">There is no text in this note.</p>` : linked(note.body)}</div>
    ${attachmentList(note, attachments)}
  </article>`;
  return shelfPage({ shelf, title: note.title, kind: 'note', current: note.id, body });
}

/** What the editor is filled with. */
export interface Draft {
  readonly title: string;
  readonly body: string;
  readonly problems?: Readonly<Record<string, string>>;
}

/** The editor of a note, or of a new one. */
export function editPage(shelf: Shelf, id: number | undefined, draft: Draft): HTMLResponse {
  const { title, body: text, problems = {} } = draft;
  const cancel = id === undefined ? '/notes' : `/notes/${id}`;
  const body = html`<form class="editor" method="post" action="${id === undefined ? '/notes' : cancel}" data-editor>
    <h1 class="visually-hidden">${id === undefined ? 'New note' : 'Edit note'}</h1>
    ${field({
      name: 'title',
      label: 'Title',
      problem: problems.title,
      control: (attributes) =>
        html`<input ${attributes} class="editor-title" value="${title}" maxlength="${MAX_TITLE}" required placeholder="Title" autocomplete="off"${title === '' && html` autofocus`}>`,
    })}
    ${field({
      name: 'body',
      label: 'Text',
      problem: problems.body,
      control: (attributes) =>
        html`<textarea ${attributes} class="editor-body" maxlength="${MAX_BODY}" rows="14" placeholder="Write …"${title !== '' && html` autofocus`}>
${text}</textarea>`,
    })}
    <div class="editor-foot">
      <button class="button">Save</button>
      <a class="button quiet" href="${cancel}">Cancel</a>
      <span class="hint keys">Ctrl + Enter saves</span>
    </div>
  </form>`;
  const status = Object.keys(problems).length === 0 ? 200 : 422;
  const heading = id === undefined ? 'New note' : `Edit ${title}`;
  return shelfPage({ shelf, title: heading, kind: 'note', current: id, body, status });
}

interface ShelfPage {
  readonly shelf: Shelf;
  readonly title: string;
  /** On a narrow screen there is room for one of the two. */
  readonly kind: 'list' | 'note';
  readonly current?: number | undefined;
  readonly body: Content;
  readonly status?: number;
}

function shelfPage({ shelf, title, kind, current, body, status = 200 }: ShelfPage): HTMLResponse {
  const { user, query, notes } = shelf;
  return page({
    title,
    user,
    kind,
    status,
    body: html`<div class="shelf">
      <section class="sidebar" aria-label="Your notes">
        <div class="tools">
          <form class="search" action="/notes" role="search" data-search>
            <label class="visually-hidden" for="q">Search your notes</label>
            <input id="q" name="q" type="search" value="${query}" placeholder="Search" autocomplete="off" aria-keyshortcuts="Control+K">
          </form>
          <a class="button" href="/notes/new"><span aria-hidden="true">+</span> New<span class="visually-hidden"> note</span></a>
        </div>
        <nav aria-label="Notes" data-live="list">${noteList(notes, query, current)}</nav>
      </section>
      <main id="main" class="detail">
        ${kind === 'note' && html`<a class="back" href="/notes">All notes</a>`}
        ${body}
      </main>
    </div>`,
  });
}

function noteList(notes: readonly NoteSummary[], query: string, current: number | undefined): Content {
  if (notes.length === 0 && query !== '')
    return html`<p class="nothing">No note has “${query}” in it. <a href="/notes">Show all</a></p>`;
  if (notes.length === 0) return html`<p class="nothing">No notes yet.</p>`;
  const search = query === '' ? '' : `?q=${encodeURIComponent(query)}`;
  return html`${query !== '' && html`<p class="found">${notes.length} found</p>`}
    <ul class="list">${notes.map(
      (
        note,
      ) => html`<li data-note="${note.id}"><a href="/notes/${note.id}${search}"${note.id === current && html` aria-current="page"`}>
        <b>${note.title}</b>
        <span class="excerpt">${marked(note.excerpt)}</span>
        <small><time datetime="${note.updatedAt}">${note.updatedAt.slice(0, 10)}</time>${note.attachments > 0 && html` · ${note.attachments} ${note.attachments === 1 ? 'file' : 'files'}`}</small>
      </a></li>`,
    )}</ul>`;
}
