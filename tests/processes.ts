import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The command line of the workspace itself. */
export const pulloCLI = fileURLToPath(import.meta.resolve('@pullo/server/package.json')).replace(
  'package.json',
  'bin/pullo.js',
);

/** Runs a command to its end and resolves with what it printed; rejects if it fails. */
export async function execute(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code}:\n${output}`);
  return output;
}

/** A server in a process of its own, up from the line that says where it runs to `await using`'s end. */
export class RunningServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
    this.#exit = new Promise((resolve) => child.once('exit', resolve));
  }

  static start(command: string, args: readonly string[], options: SpawnOptions): Promise<RunningServer> {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    return new Promise((resolve, reject) => {
      const look = (chunk: Buffer) => {
        output += chunk;
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
        if (url !== undefined) resolve(new RunningServer(url, child));
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`${command} exited with ${code} before it listened:\n${output}`)),
      );
    });
  }

  /** Asks it to stop and resolves with its exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
