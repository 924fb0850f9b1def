import type { Note } from '../notes/notes.js';
import { type Content, html } from '../web/html.js';
import type { Attachment } from './attachments.js';
import { isImage } from './download.js';
import { MAX_FILE } from './upload.js';

/** The attachments of a note, and the form that adds one. */
export function attachmentList(note: Note, attachments: readonly Attachment[]): Content {
  const action = `/notes/${note.id}/attachments`;
  return html`<section class="files" aria-labelledby="files">
    <h2 id="files">Files</h2>
    ${attachments.length > 0 && html`<ul class="file-list">${attachments.map((attachment) => item(attachment, action))}</ul>`}
    <form class="upload" method="post" action="${action}" enctype="multipart/form-data" data-upload data-max-bytes="${MAX_FILE}">
      <label class="upload-label" for="file"><span class="upload-text"><b>Attach files</b> or drop them here</span><small>Up to ${bytes(MAX_FILE)} each</small></label>
      <input id="file" name="file" type="file" multiple required>
      <button class="button quiet small">Upload</button>
      <progress max="1" value="0" hidden aria-label="Upload"></progress>
      <p class="problem" role="alert" data-problem hidden></p>
    </form>
  </section>`;
}

function item(attachment: Attachment, action: string): Content {
  const { id, name, size, type } = attachment;
  const url = `${action}/${id}`;
  return html`<li class="file">
    ${isImage(type) ? html`<a class="thumb" href="${url}"><img src="${url}" alt="" loading="lazy"></a>` : html`<span class="thumb" aria-hidden="true">${extension(name)}</span>`}
    <span class="row-text"><a href="${url}">${name}</a> <small>${bytes(size)}</small></span>
    <form method="post" action="${url}/delete"><button class="link danger" aria-label="Remove ${name}">Remove</button></form>
  </li>`;
}

function extension(name: string): string {
  return /\.([^.]{1,4})$/.exec(name)?.[1] ?? 'file';
}

function bytes(size: number): string {
  const units = ['bytes', 'KiB', 'MiB'];
  const unit = size < 1024 ? 0 : size < 1024 ** 2 ? 1 : 2;
  const value = size / 1024 ** unit;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}
