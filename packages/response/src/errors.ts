/** A status code that no response can have. */
export class InvalidStatus extends RangeError {
  override readonly name = 'InvalidStatus';
  readonly code = 'ERR_INVALID_STATUS';
}

/** Content that cannot be sent: of a type that is not bytes or text, or that has no JSON form. */
export class InvalidContent extends TypeError {
  override readonly name = 'InvalidContent';
  readonly code = 'ERR_INVALID_CONTENT';
}

/** A streamed body was to be sent or read a second time: a stream has its content once. */
export class BodyUsed extends TypeError {
  override readonly name = 'BodyUsed';
  readonly code = 'ERR_BODY_USED';

  constructor() {
    super(
      'This body is a stream that has been sent already: make a response per request, or buffer the content.',
    );
  }
}

/** A cookie that browsers would refuse, or that would change the header around it. */
export class InvalidCookie extends TypeError {
  override readonly name = 'InvalidCookie';
  readonly code = 'ERR_INVALID_COOKIE';
}

/** A redirect whose target is not a URL reference or whose status is not a redirection. */
export class InvalidRedirect extends TypeError {
  override readonly name = 'InvalidRedirect';
  readonly code = 'ERR_INVALID_REDIRECT';
}
