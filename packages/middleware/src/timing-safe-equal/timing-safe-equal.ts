const encoder = new TextEncoder();

/**
 * Whether two texts (as UTF-8) or byte strings are equal, found out in a time that does not tell where they differ.
 *
 * `===` stops at the first difference, so that somebody who may try often enough can find a secret piece by piece. Here every byte of
 * `given` is looked at, whatever `secret` is: for one secret the time depends on the length of `given` alone, which whoever sent it
 * knows. It takes nothing of Node, and no promise. Neither a compiler of JavaScript nor a processor promises constant time; where
 * that is not enough, compare digests of both (`crypto.subtle.digest`): then what the time tells is about digests.
 *
 * Passwords are not compared but verified, by a slow hash such as argon2id or scrypt: this is for tokens and keys that are random.
 *
 * @example
 * ```ts
 * import { timingSafeEqual } from '@pullo/middleware/timing-safe-equal';
 *
 * export const isAdminKey = (key: string) => timingSafeEqual(key, 'f2c4a1d09be84e7c');
 * ```
 */
export function timingSafeEqual(given: string | Uint8Array, secret: string | Uint8Array): boolean {
  const some = bytesOf(given);
  // An empty secret is compared as one NUL, so that the loop has something to look at; the lengths differ then.
  const others = secret.length === 0 ? NUL : bytesOf(secret);
  let difference = some.length ^ (secret.length === 0 ? 0 : others.length);
  for (let i = 0; i < some.length; i++) {
    difference |= (some[i] as number) ^ (others[i % others.length] as number);
  }
  return difference === 0;
}

const NUL = new Uint8Array(1);

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value;
}
