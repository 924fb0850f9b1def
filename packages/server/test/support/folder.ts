import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The code of an app that answers every request with `it runs`. */
export const ANSWER = `(scope, receive, send) => {
  send({ type: 'http.response.start', status: 200 });
  send({ type: 'http.response.body', body: 'it runs' });
}`;

/** A folder with files, for one test. `parent` decides what can be resolved from it. */
export async function folder(files: Record<string, string>, parent = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(parent, 'pullo-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}
