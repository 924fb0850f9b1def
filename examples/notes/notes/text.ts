import { type Content, html } from '../web/html.js';
import { MARK } from './notes.js';

const URLS = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/;

/** The text of a note with what looks like a link as one. Everything else stays text: it is escaped when it is shown. */
export function linked(text: string): Content {
  // Every second piece is what the group has captured.
  return text
    .split(URLS)
    .map((piece, index) =>
      index % 2 === 1 ? html`<a href="${piece}" rel="noopener noreferrer nofollow">${piece}</a>` : piece,
    );
}

/** An excerpt with what was found in it marked. */
export function marked(excerpt: string): Content {
  return excerpt.split(MARK.start).map((piece, index) => {
    if (index === 0) return piece;
    const [found, rest] = piece.split(MARK.end);
    return [html`<mark>${found}</mark>`, rest];
  });
}

/** The same as plain text. */
export function unmarked(excerpt: string): string {
  return excerpt.replaceAll(MARK.start, '').replaceAll(MARK.end, '');
}
