import { type ChildProcess, spawn } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StartupFailed, serve } from '@pullo/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command } from '../support/command.ts';
import { folder } from '../support/folder.ts';
import { MemoryLogger, serving, text } from '../support/serving.ts';

function get(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: '/' }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    outgoing.on('error', reject).end();
  });
}

async function failure(uds: string): Promise<unknown> {
  const logger = new MemoryLogger();
  return serve(text('x'), { uds, logger, lifespan: 'off' }).catch((error: unknown) => error);
}

describe('a unix socket', () => {
  it('is served, and is the address of server and scope', async () => {
    const path = join(await folder({}), 'app.sock');
    const addresses: unknown[] = [];
    const { server } = await serving(
      (scope, receive, send) => {
        if (scope.type === 'http') addresses.push(scope.server, scope.client);
        return text('over a path')(scope, receive, send);
      },
      { uds: path },
    );
    expect(await get(path)).toBe('over a path');
    expect(addresses).toEqual([{ host: path, port: null }, null]);
    expect(server).toMatchObject({
      host: path,
      port: 0,
      url: `unix:${path}`,
      address: { host: path, port: null },
    });
  });

  it.each<[string, number | undefined, number]>([
    ['all users by default', undefined, 0o666],
    ['those who are asked for', 0o600, 0o600],
  ])('is open to %s', async (_name, udsMode, mode) => {
    const path = join(await folder({}), 'app.sock');
    await serving(text('x'), { uds: path, ...(udsMode === undefined ? {} : { udsMode }) });
    expect((await stat(path)).mode & 0o777).toBe(mode);
  });

  it('that a killed server has left is taken over', async () => {
    const path = join(await folder({}), 'app.sock');
    const first = new Command(['run', 'hello', '--uds', path]);
    await first.until(/Pullo running on unix:.*app\.sock /);
    first.process.kill('SIGKILL');
    await first.exited;
    expect((await stat(path)).isSocket()).toBe(true);
    await serving(text('the second'), { uds: path });
    expect(await get(path)).toBe('the second');
  });

  it('is removed by a server that stops', async () => {
    const path = join(await folder({}), 'app.sock');
    const { server } = await serving(text('x'), { uds: path });
    await server.close();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('on which another server listens is left alone', async () => {
    const path = join(await folder({}), 'app.sock');
    await serving(text('the first'), { uds: path });
    expect(await failure(path)).toBeInstanceOf(StartupFailed);
    expect(String(await failure(path))).toContain(
      `Cannot listen on unix:${path}: another program listens there.`,
    );
    expect(await get(path)).toBe('the first');
  });

  it('does not take the place of a file', async () => {
    const path = join(await folder({}), 'app.sock');
    await writeFile(path, 'precious');
    expect(String(await failure(path))).toContain('something that is not a socket has that name');
    expect((await stat(path)).isFile()).toBe(true);
  });

  it('in a folder that is not there is an error that says so', async () => {
    expect(String(await failure('/no/such/folder/app.sock'))).toMatch(
      /Cannot listen on unix:.*Its folder must be there/,
    );
  });
});

/** Runs `pullo run` with a listening socket as its descriptor 3, as one who starts servers hands it on. */
async function withSocket(
  environment: (pid: string) => string,
  args: string,
): Promise<[ChildProcess, number]> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listener.close();
  });
  const { port } = listener.address() as { port: number };
  const main = new URL('../../bin/pullo.js', import.meta.url).pathname;
  // The shell becomes the command, so that it knows its process id beforehand.
  const line = `${environment('$$')} exec ${process.execPath} ${main} run hello ${args}`;
  // Node keeps the descriptor to itself, but its number is where spawn() looks.
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  const child = spawn('/bin/sh', ['-c', line], {
    cwd: new URL('../fixtures', import.meta.url).pathname,
    stdio: ['ignore', 'pipe', 'pipe', fd],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  // It alone shall accept.
  const said = new Promise<string>((resolve) => {
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('Pullo running on')) resolve(stderr);
    });
    child.on('close', () => resolve(stderr));
  });
  expect(await said).toContain(`Pullo running on http://127.0.0.1:${port} `);
  await new Promise((resolve) => listener.close(resolve));
  return [child, port];
}

describe.skipIf(process.platform === 'win32')('a socket that is handed on', () => {
  it.each<[string, (pid: string) => string, string]>([
    ['by its number', () => '', '--fd 3'],
    ['by its number, to workers', () => '', '--fd 3 --workers 2'],
    ['by systemd', (pid) => `LISTEN_PID=${pid} LISTEN_FDS=1`, ''],
    ['by systemd, to workers', (pid) => `LISTEN_PID=${pid} LISTEN_FDS=1`, '--workers 2'],
  ])('%s is served', async (_name, environment, args) => {
    const [, port] = await withSocket(environment, args);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('Hello from the state');
  });

  it('that is not open is an error that says so', async () => {
    const command = new Command(['run', 'hello', '--fd', '77']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/Cannot listen on fd 77: it is not a socket that listens \(E[A-Z]+\)\./);
  });

  it('by systemd together with others is an error', async () => {
    const main = new URL('../../bin/pullo.js', import.meta.url).pathname;
    const line = `LISTEN_PID=$$ LISTEN_FDS=2 exec ${process.execPath} ${main} run hello`;
    const child = spawn('/bin/sh', ['-c', line], { stdio: 'ignore' });
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(1);
  });
});
