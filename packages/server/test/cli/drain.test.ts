import { join } from 'node:path';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { SECURED } from '../support/certificates.ts';
import { Command, FIXTURES } from '../support/command.ts';
import { SharedSessions } from '../support/shared-sessions.ts';

/** `PULLO_DRAINS=20` for the run whose figures the guide has. */
const ROUNDS = Number(process.env.PULLO_DRAINS ?? 2);
const CLIENTS = 16;

interface Asked {
  answers: number;
  failures: unknown[];
  /** How many of the last answers said that the connection ends. */
  closed: number;
}

/** Clients that ask on and on, over connections that they keep or that are new for each request, until they are refused one. */
async function askUntilRefused(url: string, dispatcher: Agent, connections: 'kept' | 'new'): Promise<Asked> {
  const reset = connections === 'new';
  const asked: Asked = { answers: 0, failures: [], closed: 0 };
  const ask = async (): Promise<void> => {
    let last: unknown;
    for (;;) {
      try {
        const { headers, body } = await request(url, { dispatcher, reset });
        await body.text();
        last = headers.connection;
        asked.answers++;
      } catch (error) {
        // Refused, or reset before it was open: nothing has been asked yet.
        if ((error as NodeJS.ErrnoException).syscall !== 'connect') asked.failures.push(error);
        break;
      }
    }
    if (last === 'close') asked.closed++;
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
  return asked;
}

/** What becomes of the requests to a server that is stopped while they come. */
async function stoppedWhileAsked(connections: 'kept' | 'new', ...flags: string[]): Promise<Asked> {
  const app = join(FIXTURES, 'processes.mjs');
  const command = new Command(['run', app, '--port', '0', '--no-access-log', ...flags]);
  const url = await command.url();
  const dispatcher = new Agent({ connections: CLIENTS, pipelining: 1 });
  const asking = askUntilRefused(url, dispatcher, connections);
  await new Promise((resolve) => setTimeout(resolve, 200 + 100 * Math.random()));
  command.process.kill('SIGTERM');
  const asked = await asking;
  expect(await command.exited).toBe(0);
  await dispatcher.close();
  return asked;
}

/** The same over a quarter as many sessions of HTTP/2, which four clients share each. */
async function askSessionsUntilRefused(sessions: SharedSessions): Promise<Asked> {
  const asked: Asked = { answers: 0, failures: [], closed: 0 };
  const ask = async (number: number): Promise<void> => {
    for (;;) {
      try {
        await sessions.get(number);
        asked.answers++;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') asked.failures.push(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => ask(index >> 2)));
  return asked;
}

describe('a server that is stopped under load', () => {
  it(`loses no request of clients that keep their connections, in ${ROUNDS} rounds`, {
    timeout: 20_000 + 10_000 * ROUNDS,
  }, async () => {
    let answers = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const asked = await stoppedWhileAsked('kept');
      expect(asked.failures).toEqual([]);
      expect(asked.closed).toBe(CLIENTS);
      answers += asked.answers;
    }
    console.log(`Stopped ${ROUNDS} times: ${answers} requests of ${CLIENTS} clients answered, 0 failed`);
  });

  it(`loses no request of clients that share sessions of HTTP/2, in ${ROUNDS} rounds`, {
    timeout: 20_000 + 10_000 * ROUNDS,
  }, async () => {
    let answers = 0;
    let repeated = 0;
    const tls = ['--tls-cert', SECURED.tlsCert, '--tls-key', SECURED.tlsKey];
    for (let round = 0; round < ROUNDS; round++) {
      const flags = ['--port', '0', '--no-access-log', ...tls];
      const command = new Command(['run', join(FIXTURES, 'processes.mjs'), ...flags]);
      const sessions = new SharedSessions(await command.url());
      const asking = askSessionsUntilRefused(sessions);
      await new Promise((resolve) => setTimeout(resolve, 200 + 100 * Math.random()));
      command.process.kill('SIGTERM');
      const asked = await asking;
      expect(asked.failures).toEqual([]);
      expect(await command.exited).toBe(0);
      sessions.close();
      answers += asked.answers;
      repeated += sessions.repeated;
    }
    console.log(
      `Stopped ${ROUNDS} times under HTTP/2: ${answers} requests of ${CLIENTS} clients answered, ${repeated} sent again, 0 failed`,
    );
  });

  it.each([
    ['one process', []],
    ['workers', ['--workers', '2']],
    ['reload', ['--reload']],
  ])(
    `hardly loses one that comes over a new connection (%s), in ${ROUNDS} rounds`,
    {
      timeout: 20_000 + 10_000 * ROUNDS,
    },
    async (name, flags) => {
      let [answers, failures] = [0, 0];
      for (let round = 0; round < ROUNDS; round++) {
        const asked = await stoppedWhileAsked('new', ...flags);
        answers += asked.answers;
        failures += asked.failures.length;
      }
      console.log(`Stopped ${ROUNDS} times (${name}): ${answers} connections answered, ${failures} reset`);
      // A listener that is closed as it is resets next to all of its clients each time.
      expect(failures).toBeLessThan(CLIENTS);
    },
  );
});
