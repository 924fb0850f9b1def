import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, client } from '@pullo/testing';
import { createApp, type NotesOptions } from '../app.ts';

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'notes-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The app in a directory of its own, and browsers for it: each has its own cookies. */
export class Fixture implements AsyncDisposable {
  readonly #directory = temporaryDirectory();
  readonly http: Client;

  constructor(options: Omit<NotesOptions, 'data'> = {}) {
    this.http = client(createApp({ ...options, data: this.#directory.path }), {
      headers: { accept: 'text/html,*/*;q=0.8' },
      ...(options.origin !== undefined && { baseURL: options.origin }),
    });
  }

  get data(): string {
    return this.#directory.path;
  }

  /** Makes an account and a token of it, and returns the fields that a program sends. The cookies stay as they were. */
  async token(name: string): Promise<{ authorization: string }> {
    await this.signUp(name);
    const page = await this.http.post('/account/tokens', { form: { label: 'test' } });
    const token = /notes_[\w-]{43}/.exec(await page.text())?.[0];
    await this.http.post('/sign-out');
    return { authorization: `Bearer ${token}` };
  }

  async signUp(name: string): Promise<void> {
    const response = await this.http.post('/sign-up', { form: { name, password: PASSWORD } });
    if (response.status !== 303) throw new Error(`Signing up ${name}: ${response.status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.close();
    this.#directory[Symbol.dispose]();
  }
}

export const PASSWORD = 'kettle on the stove';
