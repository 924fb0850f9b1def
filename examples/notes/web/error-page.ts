import type { HTMLResponse } from '@pullo/core';
import { html } from './html.js';
import { page } from './layout.js';

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  403: ['That is not for you', 'You may not do this.'],
  404: ['Nothing here', 'This page does not exist. It may have been deleted.'],
  405: ['That cannot be done here', 'This page is there, but not for what was tried.'],
  413: ['That is too large', 'What was sent is larger than what is taken.'],
  429: ['Slow down', 'That was tried too often.'],
  500: ['Something went wrong', 'This is our mistake, and it has been written down. Try again in a moment.'],
};

/** A page that says what happened and where to go on. */
export function errorPage({
  status,
  title,
  detail,
}: {
  status: number;
  title: string;
  detail?: string;
}): HTMLResponse {
  const [heading, text] = WORDS[status] ?? [title, 'That did not work.'];
  return page({
    title: heading,
    status,
    kind: 'error',
    body: html`<main id="main" class="centre">
      <p class="status" aria-hidden="true">${status}</p>
      <h1>${heading}</h1>
      <p class="lead">${detail ?? text}</p>
      <p><a class="button" href="/">Back to your notes</a></p>
    </main>`,
  });
}
