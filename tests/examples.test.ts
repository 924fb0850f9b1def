// Each example is run the way its package.json runs it, or the way its users would.
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { client, WebSocketDenied } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { afterAll, describe, expect, test, vi } from 'vitest';
import chat from '../examples/chat/app.js';
import edge from '../examples/edge/app.js';
import middleware from '../examples/middleware/app.js';
import { server as routerOnly } from '../examples/router-only/server.js';
import { pulloCLI, RunningServer, root } from './processes.js';

function run(example: string, file: string): Promise<RunningServer> {
  const cwd = join(root, 'examples', example);
  return RunningServer.start(process.execPath, [pulloCLI, 'run', file, '--port', '0'], { cwd });
}

describe('examples/hello', () => {
  test('answers as the README says, and stops with exit code 0', async () => {
    await using server = await run('hello', 'hello.ts');
    const answer = async (path: string, init?: RequestInit) => {
      const response = await fetch(server.url + path, init);
      return [response.status, await response.text()];
    };
    expect(await answer('/')).toEqual([200, 'Saying hi from home.']);
    expect(await answer('/hello')).toEqual([200, 'Saying hi from hello.']);
    expect(await answer('/greet/Aino')).toEqual([200, 'Hei, Aino!']);
    expect(await answer('/greet/x%2Fy')).toEqual([200, 'Hei, x/y!']);
    expect(await answer('/nope')).toEqual([404, '404 Not Found\n']);
    expect(await answer('/', { method: 'HEAD' })).toEqual([200, '']);
    const refused = await fetch(`${server.url}/hello`, { method: 'DELETE' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(await server.stop()).toBe(0);
  }, 30_000);
});

describe('examples/wsgi', () => {
  test('counts the words of each line', async () => {
    const cwd = join(root, 'examples/wsgi');
    const args = [pulloCLI, 'run', 'app.ts', '--interface', 'wsgi', '--port', '0'];
    await using server = await RunningServer.start(process.execPath, args, { cwd });
    const response = await fetch(server.url, { method: 'POST', body: 'one two\nthree' });
    expect(await response.text()).toBe('1: 2 words\n2: 1 words\n');
    expect((await fetch(server.url)).headers.get('allow')).toBe('POST');
  }, 30_000);
});

describe('examples/notes', () => {
  const data = mkdtempSync(join(tmpdir(), 'notes-'));
  const options = { cwd: join(root, 'examples/notes'), env: { ...process.env, NOTES_DATA: data } };
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  test('runs by the command, and by itself with a demo to sign in to', async () => {
    await using plain = await RunningServer.start(
      process.execPath,
      [pulloCLI, 'run', 'app.ts', '--port', '0'],
      options,
    );
    expect(await (await fetch(plain.url)).text()).toContain('A quiet place');
    expect(await plain.stop()).toBe(0);

    const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));
    await using demo = await RunningServer.start(
      process.execPath,
      [tsx, 'main.ts', '--demo', '--port', '0'],
      options,
    );
    const body = new URLSearchParams({ name: 'demo', password: 'rye bread and tea' });
    const signedIn = await fetch(`${demo.url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/notes']);
    expect(await demo.stop()).toBe(0);
  }, 30_000);
});

describe('examples/edge', () => {
  // `npm run test:runtimes` asks it on Bun, Deno and workerd.
  test('answers through fetch', async () => {
    const ask = async (path: string, init?: RequestInit, ...platform: unknown[]) => {
      const request = new globalThis.Request(`http://localhost${path}`, init);
      return (await edge.fetch(request, ...platform)).text();
    };
    expect(await ask('/')).toBe('Hello from the edge!\n');
    expect(await ask('/', {}, { GREETING: 'Hej' })).toBe('Hej from the edge!\n');
    expect(await ask('/upper', { method: 'POST', body: 'hej' })).toBe('HEJ');
    expect(await ask('/legacy/a')).toBe('legacy /a\n');
  });
});

describe('examples/asgi', () => {
  test('runs without a framework', async () => {
    await using server = await run('asgi', 'app.ts');
    const text = async (path: string, init?: RequestInit) => (await fetch(server.url + path, init)).text();
    expect(await text('/?name=Aino')).toBe('Hello Aino!\n');
    expect(await text('/', { method: 'POST', body: 'Eero' })).toBe('Hello Eero!\n');
    expect(await text('/raw/thing')).toBe('You asked for /raw/thing\n');
    expect((await fetch(`${server.url}/closed`)).status).toBe(503);
  }, 30_000);
});

describe('examples/router-only', () => {
  test('serves with node:http and the router alone', async () => {
    await new Promise<void>((resolve) => routerOnly.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(routerOnly.address() as AddressInfo).port}`;
    const text = async (path: string) => (await fetch(url + path)).text();
    expect(await text('/')).toBe('Try /users/42\n');
    expect(await text('/users/7')).toBe('User number 7\n');
    expect(await text('/files/a/b.txt')).toBe('The file a/b.txt\n');
    expect((await fetch(`${url}/users/x`)).status).toBe(404);
    expect((await fetch(`${url}/users/7`, { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD');
    routerOnly.closeAllConnections();
    await new Promise((resolve) => routerOnly.close(resolve));
  });
});

describe('examples/middleware', () => {
  const authorized = { headers: { authorization: 'Bearer secret-of-aino' } };
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  afterAll(() => log.mockRestore());

  test('gives a user to those who have a token, and tells the others', async () => {
    await using http = client(middleware);
    expect(await (await http.get('/', authorized)).text()).toBe('Hei, Aino!');
    expect(await (await http.get('/cart', authorized)).json()).toEqual(['tea', 'rye bread']);
    expect(await (await http.get('/items/7', authorized)).json()).toEqual({ id: 7, for: 'Aino' });
    expect(await (await http.get('/orders', authorized)).text()).toBe('No orders of Aino yet.');
    const refused = await http.get('/cart');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Carts"']);
    const wrong = await http.get('/cart', { headers: { authorization: 'Bearer wrong' } });
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="Carts", error="invalid_token"');
  });

  test('lets only those into a group of whom the predicate says yes', async () => {
    await using http = client(middleware);
    expect(await (await http.get('/admin', authorized)).text()).toBe('There are 2 carts.');
    const eero = { headers: { authorization: 'Bearer secret-of-eero' } };
    expect((await http.get('/admin', eero)).status).toBe(403);
  });

  test('tells the id of each request and how long it took', async () => {
    await using http = client(middleware);
    const { headers } = await http.get('/', authorized);
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(log.mock.lastCall?.[0]).toContain(headers.get('x-request-id'));
    expect(headers.get('server-timing')).toMatch(/^app;dur=[\d.]+$/);
  });
});

describe('examples/chat', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  afterAll(() => log.mockRestore());

  test('a member who does not listen has to go, and holds up nobody', async () => {
    await using http = client(chat);
    const deaf = await http.websocket('/rooms/busy', { query: { name: 'Deaf' } });
    const busy = await http.websocket('/rooms/busy', { query: { name: 'Busy' } });
    await busy.receive();
    const text = 'x'.repeat(2000);
    for (let i = 0; i < 200; i++) {
      busy.send(text);
      expect(await busy.receiveJSON()).toEqual({ from: 'Busy', text });
    }
    expect(await deaf.close()).toEqual({ code: 1008, reason: 'too slow' });
  });

  describeTransports(chat, (http) => {
    const enter = (room: string, name: string) => http.websocket(`/rooms/${room}`, { query: { name } });

    test('those in a room hear each other, and nobody else does', async () => {
      await using aino = await enter('hall', 'Aino');
      const eero = await enter('hall', 'Eero');
      await using outside = await enter('garden', 'Veikko');
      eero.send('Hei!');
      await eero.close();
      const heard = [];
      for (let i = 0; i < 4; i++) heard.push(await aino.receiveJSON());
      expect(heard).toEqual([
        { text: 'Aino is here.' },
        { text: 'Eero is here.' },
        { from: 'Eero', text: 'Hei!' },
        { text: 'Eero has left.' },
      ]);
      expect(await outside.receiveJSON()).toEqual({ text: 'Veikko is here.' });
      await expect(outside.receive({ timeout: 20 })).rejects.toThrow('No message came');
    });

    test('bytes end the session of who sent them, and the others are told', async () => {
      const session = await enter('lobby', 'Aino');
      await using other = await enter('lobby', 'Eero');
      await other.receive();
      session.send(new Uint8Array(1));
      expect(await session.closed).toEqual({ code: 1003, reason: 'texts only' });
      expect(await other.receiveJSON()).toEqual({ text: 'Aino has left.' });
    });

    test('nobody enters without a name, or from the page of another site', async () => {
      const denial = async (headers: Record<string, string>, name: string) => {
        const error = await http
          .websocket('/rooms/lobby', { query: { name }, headers })
          .catch((error) => error);
        return error instanceof WebSocketDenied ? error.response.status : error;
      };
      expect(await denial({}, '')).toBe(400);
      expect(await denial({ origin: 'https://evil.example' }, 'Eve')).toBe(403);
    });

    test('serves its page', async () => {
      expect(await (await http.get('/')).text()).toContain('<title>Chat</title>');
    });
  });
});
