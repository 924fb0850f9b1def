import { RedirectResponse } from '@pullo/core';

/** The answer to a form: the browser gets the next page, and reloading it sends nothing twice. */
export function seeOther(path: string): RedirectResponse {
  return new RedirectResponse(path, { status: 303 });
}
