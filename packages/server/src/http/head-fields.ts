const TRAILERS = /(?:^|,)[ \t]*trailers[ \t]*(?:;|,|$)/i;

/** The fields of a request's head that the server itself looks at, found in one pass over the flat list. */
export class HeadFields {
  host: string | undefined = undefined;
  hosts = 0;
  expect: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  transferEncoding: string | undefined = undefined;
  transferEncodings = 0;
  /** To which protocols the client would change, or undefined. */
  upgrade: string | undefined = undefined;
  /** Whether the client takes fields after the body (RFC 9110, section 10.1.4). */
  takesTrailers = false;

  /** The bytes of all fields as they are usually written: a colon, a space and a line break with each. */
  size = 0;

  constructor(flat: readonly string[]) {
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string;
      this.size += name.length + (flat[i + 1] as string).length + 4;
      // The length of the name decides first: most fields cost one comparison.
      switch (name.length) {
        case 2:
        case 4:
        case 6:
        case 7:
        case 14:
        case 17:
          this.#note(name.toLowerCase(), flat[i + 1] as string);
      }
    }
  }

  #note(name: string, value: string): void {
    switch (name) {
      case 'host':
        this.host ??= value;
        this.hosts++;
        return;
      case 'expect':
        this.expect = this.expect === undefined ? value : `${this.expect}, ${value}`;
        return;
      case 'content-length':
        this.contentLength = value;
        return;
      case 'te':
        this.takesTrailers ||= TRAILERS.test(value);
        return;
      case 'upgrade':
        this.upgrade = this.upgrade === undefined ? value : `${this.upgrade}, ${value}`;
        return;
      case 'transfer-encoding':
        this.transferEncoding = value;
        this.transferEncodings++;
    }
  }

  /** How many bytes of body follow; Infinity if their number will only show. To be trusted once the framing is checked. */
  get bodyLength(): number {
    if (this.transferEncoding !== undefined) return Number.POSITIVE_INFINITY;
    return Number(this.contentLength ?? 0);
  }
}
