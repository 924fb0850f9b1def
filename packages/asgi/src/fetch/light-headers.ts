import type { HeaderList } from '../header-list.js';
import { isToken } from '../header-rules.js';
import { borrowRest } from './light-rest.js';

const Platform = globalThis.Headers;

/** The fields of a request as Fetch's `Headers`: looked up where they are, until something else is asked for than a look-up. */
export class LightHeaders {
  readonly #fields: HeaderList;
  #real: globalThis.Headers | undefined = undefined;

  constructor(fields: HeaderList) {
    this.#fields = fields;
  }

  get(name: string): string | null {
    if (this.#real === undefined && isName(name)) return this.#fields.get(name);
    return LightHeaders.real(this).get(name);
  }

  has(name: string): boolean {
    if (this.#real === undefined && isName(name)) return this.#fields.has(name);
    return LightHeaders.real(this).has(name);
  }

  static is(value: unknown): value is LightHeaders {
    return typeof value === 'object' && value !== null && #fields in value;
  }

  /** Those of the platform. From now on they are what counts. */
  static real(light: LightHeaders): globalThis.Headers {
    light.#real ??= platformHeaders(light.#fields);
    return light.#real;
  }

  /** Lets fields of the platform's stand for these; they get what has been changed here. */
  static move(light: LightHeaders, target: globalThis.Headers): void {
    if (light.#real !== undefined) copyFields(light.#real, target);
    light.#real = target;
  }
}

borrowRest(LightHeaders.prototype, Platform.prototype, {
  isLight: LightHeaders.is,
  realOf: LightHeaders.real,
});
// Another is made with the platform's: `new headers.constructor()`.
Reflect.deleteProperty(LightHeaders.prototype, 'constructor');

/** Fields as the platform's `Headers`. */
export function platformHeaders(fields: HeaderList): globalThis.Headers {
  // Pairs are what it takes, though its type in the library of the DOM says less.
  const headers = new Platform(fields as unknown as [string, string][]);
  // Several `cookie` fields, as HTTP/2 has them, are one with `; ` (RFC 9113, section 8.2.3), where `append` writes a comma.
  if (headers.get('cookie')?.includes(',')) headers.set('cookie', fields.get('cookie') as string);
  return headers;
}

/** Makes the fields of `target` those of `source`. */
export function copyFields(source: globalThis.Headers, target: globalThis.Headers): void {
  for (const name of [...target.keys()]) target.delete(name);
  for (const [name, value] of source) target.append(name, value);
}

/** What is no name is the platform's to refuse. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && isToken(name);
}
