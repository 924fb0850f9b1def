import { HeaderList } from '@pullo/asgi';

/** What may be sent (RFC 9110, sections 5.1 and 5.5). */
const FIELD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*$/;

/** Throws `InvalidHeader` for a field that must not be sent: a list may have been made without checks, with `HeaderList.raw`. */
export function checkField(name: string, value: string): void {
  // It throws what says what is wrong.
  if (typeof name !== 'string' || !FIELD.test(`${name}: ${value}`)) new HeaderList([[name, value]]);
}
