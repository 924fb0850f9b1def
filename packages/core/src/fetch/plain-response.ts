/** An answer of the host's own, as text. */
export function plainResponse(status: number, text: string): globalThis.Response {
  return new globalThis.Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
