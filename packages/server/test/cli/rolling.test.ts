import { join } from 'node:path';
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SECURED } from '../support/certificates.ts';
import { Command, FIXTURES } from '../support/command.ts';
import { SharedSessions } from '../support/shared-sessions.ts';

/** `PULLO_ROLLS=20` for the run whose figures the note has. */
const ROUNDS = Number(process.env.PULLO_ROLLS ?? 2);
const CLIENTS = 16;
const TLS = ['--tls-cert', SECURED.tlsCert, '--tls-key', SECURED.tlsKey];

/** How a client asks: `number` says by which connection, `isFresh` that it shall have one of its own. */
interface Asking {
  get: (number: number, isFresh: boolean) => Promise<string>;
  close: () => Promise<void> | void;
}

function overHTTP1(url: string): Asking {
  const dispatcher = new Agent({ connections: CLIENTS, pipelining: 1 });
  return {
    get: async (_number, reset) => {
      const { statusCode, body } = await request(url, { dispatcher, reset });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`Status ${statusCode}`);
      return text;
    },
    close: () => dispatcher.close(),
  };
}

/** Four connections, each with the requests of four clients. */
function overHTTP2(url: string): Asking {
  const sessions = new SharedSessions(url);
  return {
    get: (number, isFresh) => (isFresh ? sessions.getOnce() : sessions.get(number >> 2)),
    close: () => sessions.close(),
  };
}

const PROTOCOLS = [
  { name: 'HTTP/1.1', asking: overHTTP1, flags: [] },
  { name: 'HTTP/2', asking: overHTTP2, flags: TLS },
];

/** Clients that ask on and on, most of them over connections that they keep, as soon as they have their answer. */
class Load {
  answers = 0;
  readonly failures: unknown[] = [];
  readonly pids = new Set<string>();
  /** In milliseconds. */
  slowest = 0;
  #isOver = false;
  #end: Promise<void> | undefined;
  readonly #clients: Promise<void>[];
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
    this.#clients = Array.from({ length: CLIENTS }, (_none, index) => this.#run(index));
  }

  end(): Promise<void> {
    this.#isOver = true;
    this.#end ??= Promise.all(this.#clients).then(() => this.#asking.close());
    return this.#end;
  }

  async #run(index: number): Promise<void> {
    while (!this.#isOver) {
      // Some take a new connection each time, and some leave theirs idle between two requests.
      await this.#ask(index, index % 4 === 2);
      if (index % 4 === 3) await new Promise((resolve) => setTimeout(resolve, 40 * Math.random()));
    }
  }

  async #ask(index: number, isFresh: boolean): Promise<void> {
    const startedAt = performance.now();
    try {
      const [pid = ''] = (await this.#asking.get(index, isFresh)).split(' ');
      this.pids.add(pid);
      this.answers++;
    } catch (error) {
      this.failures.push(error);
    }
    this.slowest = Math.max(this.slowest, performance.now() - startedAt);
  }
}

describe.each(PROTOCOLS)('a rolling restart under $name', ({ name, asking, flags: tls }) => {
  it(`loses no request of clients that keep their connections, in ${ROUNDS} rounds`, {
    timeout: 20_000 + 10_000 * ROUNDS,
  }, async () => {
    const flags = ['--port', '0', '--no-access-log', '--workers', '2', ...tls];
    const command = new Command(['run', join(FIXTURES, 'processes.mjs'), ...flags]);
    const load = new Load(asking(await command.url()));
    onTestFinished(() => load.end());
    const startedAt = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      const answered = load.answers;
      command.process.kill('SIGHUP');
      await command.next(/All workers have been replaced/);
      expect(load.answers).toBeGreaterThan(answered);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await load.end();
    const slowest = load.slowest.toFixed(0);
    console.log(
      `Rolling restart under ${name}, ${ROUNDS} rounds of 2 workers in ${seconds.toFixed(1)} s: ${load.answers} requests of ${CLIENTS} clients answered by ${load.pids.size} processes, ${load.failures.length} failed, the slowest took ${slowest} ms`,
    );
    expect(load.failures).toEqual([]);
    expect(load.pids.size).toBe(2 * (ROUNDS + 1));
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });
});

describe.each(PROTOCOLS)('workers that leave after so many requests of $name', ({ asking, flags: tls }) => {
  it('are replaced without losing a request, also when all leave at once', async () => {
    const flags = ['--port', '0', '--no-access-log', '--workers', '2', '--max-requests', '300', ...tls];
    const command = new Command(['run', join(FIXTURES, 'processes.mjs'), ...flags]);
    const load = new Load(asking(await command.url()));
    onTestFinished(() => load.end());
    while (load.pids.size < 6) await new Promise((resolve) => setTimeout(resolve, 50));
    await load.end();
    expect(load.failures).toEqual([]);
    expect(command.stderr).not.toMatch(/ERROR|WARNING/);
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });
});
