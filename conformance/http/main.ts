// Runs the checks on one runtime: `node main.mjs bun path/to/bun run http-bun.mjs`.
import { run } from '../run.ts';
import { checksOf, TRAITS } from './checks.ts';
import { HostProcess } from './host-process.ts';

const [runtime = '', command = '', ...args] = process.argv.slice(2);
const traits = TRAITS[runtime];
if (traits === undefined) throw new Error(`There are no checks for the runtime "${runtime}".`);

const host = new HostProcess(command, args);
try {
  await host.listening();
  await run({ [runtime]: { cases: checksOf(host, traits) } });
} catch (error) {
  console.log(host.output);
  throw error;
} finally {
  await host.stop();
}
if (traits.stops && !host.output.includes('lifespan stopped')) {
  throw new Error(`close() has not ended the lifespan:\n${host.output}`);
}
