import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What apps of Pullo import to show their errors. By its name, as the server knows no framework. */
const REGISTER = '@pullo/core/debug/register';

/**
 * Has an app show its unexpected errors to whoever asks, source code included; for development. Nothing happens where the app is none of
 * Pullo's, or where `NODE_ENV` is `production`.
 */
export async function enableDebugPage(file: string): Promise<void> {
  const register = resolveRegister(file);
  if (register === null || process.env.NODE_ENV === 'production') return;
  await import(pathToFileURL(register).href);
}

/** Resolved as the app would, so that it reaches the copy of core that the app has. */
function resolveRegister(file: string): string | null {
  try {
    return createRequire(file).resolve(REGISTER);
  } catch {
    return null;
  }
}
