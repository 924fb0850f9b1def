import { inputs } from './inputs.mjs';
import { parsers } from './parsers.mjs';

/** Measures one parser on one input, in a process of its own: `node worker.mjs PARSER INPUT`. Prints milliseconds per run. */
const [, , parserName, inputName] = process.argv;
const parse = parsers[parserName];
const input = inputs[inputName]();

const found = await parse(input.chunks);
if (found.parts !== input.parts || found.content !== input.content) {
  throw new Error(`${parserName} found ${found.parts} parts of ${found.content} bytes in ${inputName}`);
}

const times = [];
const deadline = performance.now() + 1500;
while (times.length < 3 || (performance.now() < deadline && times.length < 2000)) {
  const start = process.cpuUsage();
  await parse(input.chunks);
  const { user, system } = process.cpuUsage(start);
  times.push((user + system) / 1000);
}
times.sort((a, b) => a - b);
const median = times[Math.floor(times.length / 2)];
// cpuUsage counts in steps too coarse for single short runs: the mean serves there.
const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
console.log(JSON.stringify({ ms: median < 5 ? mean : median, bytes: input.bytes }));
