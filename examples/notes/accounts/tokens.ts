import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody guesses: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is stored of a token, and looked up. One fast hash is enough for what is random (a password is not), and since
 * nobody can aim at a hash, the time that looking it up takes tells nothing.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
