import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const FIXTURE = fileURLToPath(new URL('../fixtures/resources.mjs', import.meta.url));
const MIB = 1024 * 1024;

/** What a server holds on to. */
export interface Report {
  descriptors: number;
  sockets: number;
  timers: number;
  heap: number;
  running: number;
  /** Calls that were not told that their client has left. */
  unheard: number;
}

/** A server in a process of its own, which tells what it holds on to. */
export class CountedServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** What it held when `remember` was called. */
  before: Report = { descriptors: 0, sockets: 0, timers: 0, heap: 0, running: 0, unheard: 0 };
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(...args: string[]): Promise<CountedServer> {
    const child = fork(FIXTURE, args, { execArgv: ['--expose-gc'] });
    const { port } = await next<{ port: number }>(child);
    return new CountedServer(child, port);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  report(): Promise<Report> {
    const answer = next<Report>(this.#child);
    this.#child.send('report');
    return answer;
  }

  /** Takes what it holds now for what it may hold. */
  async remember(): Promise<void> {
    this.before = await this.report();
  }

  /** Waits until the server holds no more than it did at first, and fails if it goes on to. */
  async expectBaseLine(): Promise<void> {
    const { before } = this;
    const now = await this.#settled();
    expect(now).toMatchObject({
      descriptors: before.descriptors,
      sockets: before.sockets,
      timers: before.timers,
      running: 0,
      unheard: before.unheard,
    });
    expect(now.heap - before.heap).toBeLessThan(4 * MIB);
  }

  async #settled(): Promise<Report> {
    const { before } = this;
    const deadline = Date.now() + 5000;
    for (;;) {
      const now = await this.report();
      const isBack =
        now.descriptors <= before.descriptors &&
        now.sockets <= before.sockets &&
        now.timers <= before.timers &&
        now.running === 0 &&
        now.heap - before.heap < 4 * MIB;
      if (isBack || Date.now() > deadline) return now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function next<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Message)));
}
