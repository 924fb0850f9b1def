import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cases } from './cases.mjs';

const execute = promisify(execFile);
const CONNECTIONS = 32;

const lua = (text) => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** wrk's script of a case: its request, and what it has counted as a line of JSON. */
function script({ method = 'GET', headers = {}, body, paths }) {
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  const many = paths && [
    `local paths = { ${paths.map(lua).join(', ')} }`,
    'local made, turn = {}, 0',
    'init = function() for i, path in ipairs(paths) do made[i] = wrk.format(nil, path) end end',
    'request = function() turn = turn % #made + 1 return made[turn] end',
  ];
  return [
    `wrk.method = ${lua(method)}`,
    ...fields,
    ...(body === undefined ? [] : [`wrk.body = ${lua(body)}`]),
    ...(many ?? []),
    'done = function(summary, latency)',
    '  local e = summary.errors',
    `  io.write(string.format('{"requests":%d,"seconds":%f,"errors":%d,"p50":%d,"p99":%d}\\n', summary.requests,`,
    '    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))',
    'end',
  ].join('\n');
}

/** Asks a server with wrk, whose script goes to a folder, on the processor's second core. Throws if a request failed. */
export async function load(name, port, seconds, cores, folder) {
  const asked = cases[name];
  const file = join(folder, `${name}.lua`);
  writeFileSync(file, script(asked));
  const connections = asked.connections ?? CONNECTIONS;
  const url = `http://127.0.0.1:${port}${asked.path}`;
  const args = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', file, url];
  const [program, ...rest] = cores > 1 ? ['taskset', '-c', '1', ...args] : args;
  const { stdout } = await execute(program, rest);
  const result = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')));
  if (result.errors > 0) throw new Error(`${result.errors} of ${result.requests} requests failed at ${url}`);
  return result;
}

/** Opens connections that have had one answer and wait; gives what closes them. */
export async function idle(port, count) {
  const sockets = [];
  for (let i = 0; i < count; i++) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
