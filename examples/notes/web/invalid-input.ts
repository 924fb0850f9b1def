import { HTTPError } from '@pullo/core';

/** What somebody has filled in cannot be taken: for each field that is wrong, what is wrong with it. */
export class InvalidInput extends HTTPError {
  override readonly name = 'InvalidInput';
  override readonly code = 'ERR_INVALID_INPUT';
  readonly errors: Readonly<Record<string, string>>;

  /** `errors` becomes an extension member of the problem details that an API answers with. */
  constructor(errors: Readonly<Record<string, string>>) {
    super(422, { detail: Object.values(errors).join(' '), problem: { errors } });
    this.errors = errors;
  }
}
