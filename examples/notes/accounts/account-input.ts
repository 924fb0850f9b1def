import { readField } from '../web/form.js';
import { InvalidInput } from '../web/invalid-input.js';

/** What one signs up with. */
export interface AccountInput {
  readonly name: string;
  readonly password: string;
}

const MIN_PASSWORD = 10;
const MAX_PASSWORD = 200;

/** Names are the same in capitals. */
export function readName(form: FormData): string {
  return readField(form, 'name').trim().toLowerCase().slice(0, 64);
}

/** Throws `InvalidInput` that says what is wrong with which field. A password may be any long text: rules about digits make worse ones. */
export function readAccount(form: FormData): AccountInput {
  const problems: Record<string, string> = {};
  const name = readName(form);
  const password = readField(form, 'password');
  if (!/^[a-z0-9][a-z0-9-]{2,31}$/.test(name)) {
    problems.name = 'A name has 3 to 32 letters (a to z), digits or hyphens.';
  }
  if (password.length < MIN_PASSWORD)
    problems.password = `A password has at least ${MIN_PASSWORD} characters.`;
  if (password.length > MAX_PASSWORD)
    problems.password = `A password has at most ${MAX_PASSWORD} characters.`;
  if (name !== '' && password.toLowerCase().includes(name) && password.length < name.length + MIN_PASSWORD) {
    problems.password ??= 'The password is too close to the name.';
  }
  if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
  return { name, password };
}
