import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cases } from './cases.mjs';

const CONNECTIONS = 32;

const lua = (text) => `"${text.replace(/[\\"\n]/g, '\\$&')}"`;

/** wrk's script of a case: its request, and what it has counted as a line of JSON. */
function script({ method = 'GET', body, paths }, headers) {
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
    `  io.write(string.format('{"requests":%d,"bytes":%d,"seconds":%f,"errors":%d,"p50":%d,"p99":%d}\\n', summary.requests, summary.bytes,`,
    '    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))',
    'end',
  ].join('\n');
}

/**
 * Asks a server with wrk, on the processor's second core, from connections that are kept and without pipelining. The script goes to a folder.
 * Throws if a request failed.
 */
export async function load(name, port, headers, { seconds, cores, folder }) {
  const asked = cases[name];
  const file = join(folder, `${name}.lua`);
  writeFileSync(file, script(asked, headers));
  const url = `http://127.0.0.1:${port}${asked.path}`;
  // wrk counts whole seconds; at SIGINT it ends early and says what it has.
  const length = `-d${Math.ceil(seconds) + 1}s`;
  const args = ['wrk', '-t1', `-c${asked.connections ?? CONNECTIONS}`, length, '-s', file, url];
  const command = cores > 1 ? ['taskset', '-c', '1', ...args] : args;
  let output = '';
  // On a busy machine the signal may come before wrk has begun, and then it has nothing to say.
  for (let i = 0; i < 3 && !output.includes('{'); i++) output = await interrupted(command, seconds);
  const line = output.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`wrk has counted nothing at ${url}: ${output}`);
  const { requests, bytes, errors, ...result } = JSON.parse(line);
  if (errors > 0) throw new Error(`${errors} of ${requests} requests failed at ${url}`);
  // Of large answers the parts count, as those that are under way at the end have cost something too.
  return { ...result, requests: asked.bytes === undefined ? requests : bytes / asked.bytes };
}

/** What a command prints that is interrupted after so many seconds. */
async function interrupted([program, ...args], seconds) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = setTimeout(() => child.kill('SIGINT'), seconds * 1000);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  clearTimeout(end);
  return output;
}
