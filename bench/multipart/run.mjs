import { execFileSync } from 'node:child_process';
import { inputs } from './inputs.mjs';
import { parsers } from './parsers.mjs';

/** CPU time of the multipart parsers, each on each input in a process of its own: `node multipart/run.mjs`. */
const worker = new URL('worker.mjs', import.meta.url).pathname;

console.log(`| milliseconds of CPU (MB/s) | ${Object.keys(inputs).join(' | ')} |`);
console.log(`|---|${'---:|'.repeat(Object.keys(inputs).length)}`);
for (const parser of Object.keys(parsers)) {
  const cells = Object.keys(inputs).map((input) => measure(parser, input));
  console.log(`| ${parser} | ${cells.join(' | ')} |`);
}

function measure(parser, input) {
  try {
    const output = execFileSync(process.execPath, [worker, parser, input], {
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { ms, bytes } = JSON.parse(output);
    return `${ms.toPrecision(3)} (${Math.round(bytes / 1000 / ms)})`;
  } catch (error) {
    return error.code === 'ETIMEDOUT'
      ? 'over 60 s'
      : `failed: ${String(error.stderr).match(/^\w*Error: .*$/m)?.[0] ?? error.message}`;
  }
}
