import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const SERVER = new URL('../dist/index.js', import.meta.url).href;

/** Serves an app in a process of its own, makes a request, and gives what was written. */
function log(app: string, options: string, target = '/'): { stdout: string; stderr: string } {
  const code = `
    import { connect } from 'node:net';
    import { serve } from ${JSON.stringify(SERVER)};
    const server = await serve(${app}, { port: 0, lifespan: 'off', ...${options} });
    await new Promise((resolve) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('close', resolve).on('data', () => {});
      socket.write(${JSON.stringify(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)});
    });
    await server.close();
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  return { stdout: stdout.replace(/127\.0\.0\.1:\d+/, 'CLIENT'), stderr };
}

const OK = `(scope, receive, send) => {
  send({ type: 'http.response.start', status: 200 });
  send({ type: 'http.response.body' });
}`;

describe('the log', () => {
  it('has answered requests on standard output and the rest on standard error', () => {
    const { stdout, stderr } = log(OK, '{}', '/a?b');
    expect(stdout).toBe('INFO:     CLIENT - "GET /a?b HTTP/1.1" 200 OK\n');
    expect(stderr).toMatch(/^INFO: {5}Started server process \[\d+\]\nINFO: {5}Pullo running on http:/);
  });

  it('may have answered requests as objects of JSON', () => {
    const { stdout } = log(OK, '{ accessLogFormat: "json" }', '/a');
    const { time, client, duration, ...rest } = JSON.parse(stdout);
    expect(new Date(time).getTime()).toBeGreaterThan(0);
    expect([typeof client, typeof duration]).toEqual(['string', 'number']);
    expect(rest).toEqual({
      method: 'GET',
      target: '/a',
      httpVersion: '1.1',
      status: 200,
      bytes: 0,
      isComplete: true,
      requestId: null,
      userAgent: null,
    });
  });

  it('has the errors of an app with their stack and cause', () => {
    const app = `() => { throw new Error('boom', { cause: new Error('the reason') }); }`;
    const { stdout, stderr } = log(app, '{ logLevel: "error" }');
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^ERROR: {4}Exception in the app\nError: boom\n {4}at [\s\S]*\[cause\]: Error: the reason\n/,
    );
  });

  it('cannot be made to move the cursor or to lie by what an app throws', () => {
    const app = `() => { throw new Error('a\\x1b[2Jb\\rINFO: c'); }`;
    const { stderr } = log(app, '{ logLevel: "error" }');
    expect(stderr).toContain('Error: a\\x1b[2Jb\\x0dINFO: c\n');
  });

  it('has colours where they are asked for', () => {
    const { stdout, stderr } = log(OK, '{ colors: true }');
    expect(stderr).toContain('\x1b[32mINFO\x1b[0m:     Started');
    expect(stdout).toContain('"\x1b[1mGET / HTTP/1.1\x1b[0m" \x1b[32m200 OK\x1b[0m\n');
  });

  it('is silent where that is asked for', () => {
    expect(log(OK, '{ logLevel: "silent" }')).toEqual({ stdout: '', stderr: '' });
  });

  it('tells at level debug why a request was refused', () => {
    const { stdout, stderr } = log(OK, '{ logLevel: "debug" }', '/%zz');
    expect(stdout).toBe('INFO:     CLIENT - "GET /%zz HTTP/1.1" 400 Bad Request\n');
    expect(stderr).toMatch(
      /DEBUG: {4}127\.0\.0\.1:\d+ - refused with 400: The path is not valid: malformed escape/,
    );
  });

  it('writes a status without a phrase as it is', () => {
    const app = OK.replace('200', '299');
    expect(log(app, '{}').stdout).toBe('INFO:     CLIENT - "GET / HTTP/1.1" 299\n');
  });

  it('does not lose the lines of an app that ends the process', () => {
    const app = `(scope, receive, send) => { (${OK})(scope, receive, send); process.exit(); }`;
    expect(log(app, '{}').stdout).toBe('INFO:     CLIENT - "GET / HTTP/1.1" 200 OK\n');
  });
});
