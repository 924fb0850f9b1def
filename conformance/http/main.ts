// Runs the checks on one runtime: `node main.mjs app bun path/to/bun http-bun.mjs`, or `edge` for examples/edge.
import { run } from '../run.ts';
import { checksOf, TRAITS } from './checks.ts';
import { edgeChecksOf } from './edge-checks.ts';
import { HostProcess } from './host-process.ts';

const [subject, runtime = '', command = '', ...args] = process.argv.slice(2);
const traits = TRAITS[runtime];
if (traits === undefined) throw new Error(`There are no checks for the runtime "${runtime}".`);

const host = new HostProcess(command, args);
try {
  await host.listening();
  const cases = subject === 'edge' ? edgeChecksOf(host, runtime) : checksOf(host, traits);
  await run({ [runtime]: { cases } });
} catch (error) {
  console.log(host.output);
  throw error;
} finally {
  await host.stop();
}
if (subject === 'app' && traits.stops && !host.output.includes('lifespan stopped')) {
  throw new Error(`close() has not ended the lifespan:\n${host.output}`);
}
