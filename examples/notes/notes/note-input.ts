import { InvalidInput } from '../web/invalid-input.js';

/** What a note is made of. */
export interface NoteInput {
  readonly title: string;
  readonly body: string;
}

export const MAX_TITLE = 200;
export const MAX_BODY = 100_000;

/** C0 controls but tab and line feed: nobody types them, and the marks of a search are two of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Takes a note out of a form or of JSON. Throws `InvalidInput` that says what is wrong with which field. */
export function readNote(fields: { readonly title: unknown; readonly body: unknown }): NoteInput {
  const problems: Record<string, string> = {};
  const title = clean(fields.title).replace(/\s+/g, ' ').trim();
  const body = clean(fields.body).trimEnd();
  if (typeof fields.title !== 'string' || title === '') problems.title = 'Give the note a title.';
  if (title.length > MAX_TITLE) problems.title = `A title has at most ${MAX_TITLE} characters.`;
  if (typeof fields.body !== 'string') problems.body = 'The text of a note is a string.';
  if (body.length > MAX_BODY)
    problems.body = `A note has at most ${MAX_BODY.toLocaleString('en')} characters.`;
  if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
  return { title, body };
}

function clean(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\r\n?/g, '\n').replace(CONTROLS, '') : '';
}
