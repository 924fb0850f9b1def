import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a runtime may take for its start or its stop, in milliseconds. */
const PATIENCE = 20_000;

/** A runtime that serves the app, as a process of its own. */
export class HostProcess {
  readonly #child: ChildProcess;
  #output = '';
  #port: number | undefined;
  #onOutput: (() => void)[] = [];

  /** The runtime says its port on its output, or, as workerd does, on descriptor 3. */
  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    for (const stream of this.#child.stdio.slice(1))
      stream?.on('data', (data: Buffer) => this.#take(String(data)));
    this.#child.once('exit', () => this.#wake());
    // Also where a check ends this process.
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#child.once('error', (error) => this.#take(`${error}\n`));
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  get port(): number {
    if (this.#port === undefined) throw new Error('The runtime does not listen.');
    return this.#port;
  }

  async listening(): Promise<void> {
    await this.until(() => this.#port !== undefined, 'listening');
  }

  /** Waits until something holds of it. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE);
    while (!holds()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`The runtime has ended before it was ${what}:\n${this.#output}`);
      }
      await new Promise<void>((resolve) => this.#onOutput.push(resolve));
    }
    clearTimeout(late);
  }

  /** Asks it to stop and waits for its end. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const late = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE);
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
  }

  #take(text: string): void {
    this.#output += text;
    const port = /(?:listening on |"port":\s*|127\.0\.0\.1:)(\d+)/.exec(this.#output);
    if (port !== null) this.#port = Number(port[1]);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#onOutput.splice(0)) resolve();
  }
}
