import { describeValue } from './describe.js';

/** How a session ended. */
export interface CloseInfo {
  /** 1005 if the close frame had none, 1006 if the connection was lost (RFC 6455, section 7.4.1). */
  readonly code: number;
  readonly reason: string;
  /** Whether there was a closing handshake: the connection was not just lost. */
  readonly wasClean: boolean;
}

/** A session cannot be closed with this code or reason. */
export class InvalidClose extends RangeError {
  override readonly name = 'InvalidClose';
  readonly code = 'ERR_INVALID_CLOSE';
}

/** What a close frame has room for beside its code (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

const encoder = new TextEncoder();

/** Throws `InvalidClose` for what may not stand in a close frame (RFC 6455, sections 5.5 and 7.4; IANA's registry). */
export function checkClose(code: number, reason: string): void {
  if (!isSendable(code)) {
    throw new InvalidClose(
      `The code of a close is 1000 to 1003, 1007 to 1014, or 3000 to 4999, not ${describeValue(code)}: use 4000 to 4999 for your own.`,
    );
  }
  if (typeof reason !== 'string') {
    throw new InvalidClose(`The reason of a close is a text, not ${describeValue(reason)}.`);
  }
  const size = encoder.encode(reason).byteLength;
  if (size <= MAX_REASON_BYTES) return;
  throw new InvalidClose(
    `The reason of a close has room for ${MAX_REASON_BYTES} bytes of UTF-8, and this one has ${size}: shorten it, or send it as a message before.`,
  );
}

/** 1004 to 1006 and 1015 are never sent: they mean that there was no code, or no close frame. */
function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
