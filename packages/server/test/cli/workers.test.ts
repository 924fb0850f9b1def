import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client } from '@pullo/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, FIXTURES } from '../support/command.ts';
import { folder } from '../support/folder.ts';

const APP = join(FIXTURES, 'processes.mjs');

/** Long enough for a second signal to be meant as one. */
const aMomentLater = () => new Promise((resolve) => setTimeout(resolve, 300));

/** `pullo run` with workers, in a folder of its own. */
async function running(...flags: string[]): Promise<{ command: Command; cwd: string; url: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'pullo-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const command = new Command(['run', APP, '--port', '0', '--no-access-log', ...flags], { cwd });
  const url = await command.url();
  return { command, cwd, url };
}

/** The ids of the processes that answer, by the numbers of their places. Every request has a connection of its own. */
async function answering(url: string, count: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let tries = 0; found.size < count && tries < 200; tries++) {
    const response = await fetch(url, { headers: { connection: 'close' } });
    const [pid, id] = (await response.text()).split(' ');
    found.set(String(id), Number(pid));
  }
  return found;
}

/** Has the worker of a place end by itself. */
async function leave(url: string, id: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/leave?${id}`, { headers: { connection: 'close' } }).catch(
      () => null,
    );
    if (response === null) return;
    await response.text();
  }
}

/** Asks for what no answer comes to. */
function provoke(url: string): void {
  fetch(url).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('pullo run --workers', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves in so many processes, and stops them all on %s with 0',
    async (signal) => {
      const { command, url } = await running('--workers', '2');
      const pids = await answering(url, 2);
      expect([...pids.keys()].sort()).toEqual(['1', '2']);
      command.process.kill(signal);
      expect(await command.exited).toBe(0);
      for (const pid of pids.values()) {
        expect(command.stderr).toContain(`[${pid}] Finished server process [${pid}]`);
        expect(isAlive(pid)).toBe(false);
      }
      expect(command.stderr.match(/Pullo running on/g)).toHaveLength(1);
    },
  );

  it('has sessions in all processes, which end with 1012 when they are replaced, and when it stops', async () => {
    const { command, url } = await running('--workers', '2');
    await using http = client({ url });
    const sessions = await Promise.all(Array.from({ length: 20 }, () => http.websocket('/')));
    const leaders = await Promise.all(sessions.map((session) => session.receiveText()));
    expect(new Set(leaders).size).toBe(2);
    command.process.kill('SIGHUP');
    const ends = await Promise.all(sessions.map((session) => session.closed));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1012]));
    const again = await http.websocket('/');
    expect(leaders).not.toContain(await again.receiveText());
    await aMomentLater();
    command.process.kill('SIGTERM');
    expect((await again.closed).code).toBe(1012);
    expect(await command.exited).toBe(0);
  });

  it('takes the number of processes from WEB_CONCURRENCY, which PULLO_WORKERS beats', async () => {
    const env = { WEB_CONCURRENCY: '3' };
    const command = new Command(['run', APP, '--port', '0'], { env });
    await command.until(/Worker 3 \[\d+\] is ready/);
    const other = new Command(['run', APP, '--port', '0'], { env: { ...env, PULLO_WORKERS: '1' } });
    await other.url();
    expect(other.stderr).not.toContain('parent');
  });

  it('serves on a unix socket', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'pullo-'));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const command = new Command(['run', APP, '--uds', 'app.sock', '--workers', '2'], { cwd });
    await command.until(/Pullo running on unix:app\.sock/);
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });
});

describe('a worker', () => {
  it('that crashes is replaced at once, and with growing pauses if it does so again', async () => {
    const { command, url } = await running('--workers', '2');
    const pid = (await answering(url, 2)).get('1') as number;
    process.kill(pid, 'SIGKILL');
    await command.next(/Worker 1 \[\d+\] was ended by SIGKILL: another takes its place now\./);
    const [, second] = await command.next(/Worker 1 \[(\d+)\] is ready/);
    process.kill(Number(second), 'SIGKILL');
    await command.next(/another takes its place in 250 ms\./);
    const [, third] = await command.next(/Worker 1 \[(\d+)\] is ready/);
    process.kill(Number(third), 'SIGKILL');
    await command.next(/another takes its place in 500 ms\./);
    await command.next(/Worker 1 \[\d+\] is ready/);
    expect((await answering(url, 2)).size).toBe(2);
  });

  it('that ends with 0 again and again, and was not asked to, is replaced with growing pauses too', async () => {
    const { command, url } = await running('--workers', '2');
    for (const when of ['now', 'in 250 ms', 'in 500 ms']) {
      await answering(url, 2);
      const line = command.next(
        new RegExp(`Worker 1 \\[\\d+\\] ended with code 0: another takes its place ${when}\\.`),
      );
      await leave(url, '1');
      await line;
      await command.next(/Worker 1 \[\d+\] is ready/);
    }
  });

  it('that ends by itself is replaced, with its code in the log', async () => {
    const { command, url } = await running('--workers', '2');
    provoke(`${url}/crash`);
    const [, id] = await command.next(/Worker (\d) \[\d+\] ended with code 7: another/);
    await command.next(new RegExp(`Worker ${id} \\[\\d+\\] is ready`));
  });

  it('that somebody stops finishes while another takes its place', async () => {
    const { command, url } = await running('--workers', '2');
    const pid = (await answering(url, 2)).get('2') as number;
    process.kill(pid, 'SIGTERM');
    await command.next(new RegExp(`INFO: {5}Worker 2 \\[${pid}\\] is leaving: another takes its place now`));
    await command.next(/Worker 2 \[\d+\] is ready/);
    await command.until(new RegExp(`Finished server process \\[${pid}\\]`));
    expect(command.stderr).not.toContain('ERROR');
  });

  it('whose event loop stands still is killed and replaced where that is asked for', async () => {
    const { command, url } = await running('--workers', '2', '--worker-timeout', '1s');
    provoke(`${url}/spin`);
    const [, id] = await command.next(/Worker (\d) \[\d+\] has not answered for 1000 ms: it is killed/);
    await command.next(new RegExp(`Worker ${id} \\[\\d+\\] is ready`));
    expect((await answering(url, 2)).size).toBe(2);
  });

  it('that hangs and is killed loses no connection that it has not taken', async () => {
    const { command, url } = await running('--workers', '2', '--worker-timeout', '1s');
    // Stopped by a signal it takes nothing from here on; one that is told to spin may take another connection first.
    process.kill((await answering(url, 2)).get('2') as number, 'SIGSTOP');
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(url, { headers: { connection: 'close' } });
        return response.status;
      }),
    );
    expect(answers).toEqual(Array(20).fill(200));
    expect(command.stderr).toMatch(/Worker \d \[\d+\] has not answered for 1000 ms: it is killed/);
  });

  it('cuts clients that never end their head, as a server without workers does', async () => {
    const { url } = await running('--workers', '2', '--headers-timeout', '300ms');
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const answer = (await socket.setEncoding('latin1').toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is left alone by Ctrl+C, which its parent gets as well', async () => {
    const { command, url } = await running('--workers', '2');
    for (const pid of (await answering(url, 2)).values()) process.kill(pid, 'SIGINT');
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(0);
    expect(command.stderr).not.toMatch(/another takes its place|stopping at once/);
  });

  it('ends with its parent', async () => {
    const { command, url } = await running('--workers', '2');
    const pids = [...(await answering(url, 2)).values()];
    command.process.kill('SIGKILL');
    await command.exited;
    await until(() => !pids.some(isAlive));
  });
});

describe('workers that do not start', () => {
  it('at first end pullo with 3, and tell why once', async () => {
    const command = new Command(['run', 'lifespan:startupThrows', '--port', '0', '--workers', '3']);
    expect(await command.exited).toBe(3);
    expect(command.stderr.match(/the database is away/g)).toHaveLength(1);
    expect(command.stderr).toMatch(/ERROR: {4}A worker did not start\. Stopping\.\n$/);
  });

  it('as the port is taken end pullo with 3', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });
    const { port } = other.address() as { port: number };
    const command = new Command(['run', APP, '--port', String(port), '--workers', '2']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toContain(`Cannot listen on 127.0.0.1:${port}: another program has the port.`);
  });

  it('in time are killed', async () => {
    const flags = ['--port', '0', '--workers', '2', '--worker-start-timeout', '1s'];
    const command = new Command(['run', 'lifespan:hangsInStartup', ...flags]);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/Worker 1 \[\d+\] is not ready in time: it is killed/);
  });

  it('in place of others are tried some times, and then end pullo with 3 if none serves', async () => {
    const { command, cwd, url } = await running('--workers', '2');
    const pids = await answering(url, 2);
    await writeFile(join(cwd, 'broken'), '');
    for (const pid of pids.values()) process.kill(pid, 'SIGKILL');
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /ERROR: {4}5 workers in a row did not start, and none serves\. Stopping\.\n/,
    );
  });

  it('in place of others are tried on while one serves', async () => {
    const { command, cwd, url } = await running('--workers', '2');
    const pid = (await answering(url, 2)).get('1') as number;
    await writeFile(join(cwd, 'broken'), '');
    process.kill(pid, 'SIGKILL');
    await command.next(/Worker 1 \[\d+\] ended with code 3: another takes its place in 250 ms/);
    await command.next(/Worker 1 \[\d+\] ended with code 3: another takes its place in 500 ms/);
    await rm(join(cwd, 'broken'));
    await command.next(/Worker 1 \[\d+\] is ready/);
  });
});

describe('the parent of workers', () => {
  it('replaces them one by one on SIGHUP, each once the next is ready', async () => {
    const { command, url } = await running('--workers', '2');
    const before = await answering(url, 2);
    command.process.kill('SIGHUP');
    for (const id of ['1', '2']) {
      await command.next(new RegExp(`Worker ${id} \\[\\d+\\] is ready`));
      await command.next(new RegExp(`\\[${before.get(id)}\\] Shutting down`));
      await command.next(new RegExp(`Finished server process \\[${before.get(id)}\\]`));
    }
    await command.next(/All workers have been replaced/);
    const after = await answering(url, 2);
    expect([...after.keys()].sort()).toEqual(['1', '2']);
    for (const pid of after.values()) expect([...before.values()]).not.toContain(pid);
  });

  it('keeps the old ones if the first new one does not start', async () => {
    const { command, cwd, url } = await running('--workers', '2');
    const before = await answering(url, 2);
    await writeFile(join(cwd, 'broken'), '');
    command.process.kill('SIGHUP');
    await command.next(/RangeError: broken for now/);
    await command.next(/A new worker did not start: the old ones go on\./);
    expect(await answering(url, 2)).toEqual(before);
    await rm(join(cwd, 'broken'));
    command.process.kill('SIGHUP');
    await command.next(/All workers have been replaced/);
  });

  it('adds one on SIGTTIN and removes one on SIGTTOU, but not the last', async () => {
    const { command, url } = await running('--workers', '2');
    command.process.kill('SIGTTIN');
    await command.next(/SIGTTIN: 3 workers\./);
    await command.next(/Worker 3 \[\d+\] is ready/);
    const third = (await answering(url, 3)).get('3');
    command.process.kill('SIGTTOU');
    await command.next(/SIGTTOU: 2 workers\./);
    await command.next(new RegExp(`Finished server process \\[${third}\\]`));
    command.process.kill('SIGTTOU');
    await command.next(/SIGTTOU: 1 workers\./);
    command.process.kill('SIGTTOU');
    await command.next(/SIGTTOU: the last worker stays\./);
    expect([...(await answering(url, 1)).keys()]).toEqual(['1']);
  });

  it('lets what runs come to its end when it stops', async () => {
    const command = new Command(['run', 'slow', '--port', '0', '--workers', '2']);
    const url = await command.url();
    const stream = await fetch(`${url}/stream`);
    const slow = fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGTERM');
    expect(await (await slow).text()).toBe('slow but whole');
    expect(await stream.text()).toMatch(/told: ServerShutdown\n$/);
    expect(await command.exited).toBe(0);
  });

  it('stops with 0 when all processes get the signal, as from systemd', async () => {
    const { command, url } = await running('--workers', '2');
    for (const pid of (await answering(url, 2)).values()) process.kill(pid, 'SIGTERM');
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });

  it('stops at once while the app of a worker is loading', async () => {
    const cwd = await folder({
      'main.mjs': "console.error('loading'); await new Promise(() => setInterval(() => {}, 1000));",
    });
    const command = new Command(['run', 'main', '--port', '0', '--workers', '2'], { cwd });
    await command.next(/loading/);
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });

  it('is forced by a second signal, with 1', async () => {
    const { command, url } = await running('--workers', '2');
    provoke(`${url}/hang`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGINT');
    await command.next(/Shutting down/);
    await aMomentLater();
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(1);
  });

  it('is forced by a second signal during a start-up that hangs', async () => {
    const command = new Command(['run', 'lifespan:hangsInStartup', '--port', '0', '--workers', '2']);
    await command.next(/Waiting for application startup/);
    command.process.kill('SIGTERM');
    await command.next(/Stopping once the app has started/);
    await aMomentLater();
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(1);
  });

  it('ends with 1 if the shutdown of an app fails', async () => {
    const command = new Command(['run', 'lifespan:shutdownThrows', '--port', '0', '--workers', '2']);
    await command.url();
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(1);
  });
});
