import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bin/pullo.js', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** A `pullo` process. */
export class Command {
  readonly process: ChildProcess;
  readonly cwd: string;
  readonly exited: Promise<number | NodeJS.Signals>;
  stdout = '';
  stderr = '';
  #wakes: (() => void)[] = [];
  #seen = 0;

  constructor(args: string[], { cwd = FIXTURES, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.cwd = cwd;
    this.process = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.exited = new Promise((resolve) => {
      this.process.on('close', (code, signal) => {
        resolve(code ?? signal ?? -1);
        this.#wake();
      });
    });
    onTestFinished(() => {
      this.process.kill('SIGKILL');
    });
  }

  /** Waits until the process has written something to standard error, and gives the match. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#find(pattern, 0);
  }

  /** The same for what comes after the last thing that this has found. */
  async next(pattern: RegExp): Promise<RegExpExecArray> {
    const match = await this.#find(pattern, this.#seen);
    this.#seen += match.index + match[0].length;
    return match;
  }

  async #find(pattern: RegExp, from: number): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stderr.slice(from));
      if (match !== null) return match;
      if (this.process.exitCode !== null) throw new Error(`It ended before ${pattern}: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  /** The URL that it serves, once it does. */
  async url(): Promise<string> {
    const match = await this.until(/Pullo running on (https?:\S+)/);
    return match[1] as string;
  }
}
