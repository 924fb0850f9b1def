import { HeaderList, InvalidHeader } from '@pullo/asgi';
import { isToken, quote } from '@pullo/asgi/http';

/** RFC 9110, section 5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws `InvalidHeader` for a field that must not be sent: a list may have been made without checks, with `HeaderList.raw`. */
export function checkField(name: string, value: string): void {
  if (typeof name === 'string' && typeof value === 'string' && isToken(name) && VALUE.test(value)) return;
  // It throws what says what is wrong, but for line breaks at the ends of a value, which it takes off.
  new HeaderList([[name, value]]);
  throw new InvalidHeader(
    `invalid value of header ${quote(name)}: ${quote(value)} begins or ends with a line break`,
  );
}
