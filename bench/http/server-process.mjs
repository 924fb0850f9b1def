import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const SERVE = new URL('serve.mjs', import.meta.url).pathname;

/** Flags that let a program ask for garbage collection, and those that Deno wants to be told. */
const FLAGS = {
  node: ['--expose-gc'],
  bun: [],
  deno: ['run', '--allow-all', '--quiet', '--v8-flags=--expose-gc'],
};

/** A server under test, in production mode, alone on the processor's first core. */
export class ServerProcess {
  #child;
  /** What it says, from the first line on: several may come before one is asked for. */
  #lines;
  port = 0;

  constructor(binary, kind, args, cores) {
    const command = [binary, ...FLAGS[kind], SERVE, ...args];
    const [program, ...rest] = cores > 1 ? ['taskset', '-c', '0', ...command] : command;
    this.#child = spawn(program, rest, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ready() {
    this.port = (await this.#line()).port;
    return this;
  }

  /** What it says of itself: microseconds of the processor since the process began, and how many middleware have run. */
  async tell(command = 'tell') {
    this.#child.stdin.write(`${command}\n`);
    return this.#line();
  }

  /** Bytes of memory that are its own, after a collection. */
  async memory() {
    await this.tell('gc');
    const rollup = readFileSync(`/proc/${this.#child.pid}/smaps_rollup`, 'utf8');
    const [, kibibytes] = /^Private_Dirty:\s+(\d+) kB/m.exec(rollup);
    return Number(kibibytes) * 1024;
  }

  async stop() {
    if (this.#child.exitCode !== null) return;
    this.#child.stdin.end();
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  async #line() {
    for (;;) {
      const { value: line, done } = await this.#lines.next();
      if (done) throw new Error(`A server ended before it answered: ${this.#child.spawnargs.join(' ')}`);
      if (line.startsWith('{')) return JSON.parse(line);
    }
  }
}
