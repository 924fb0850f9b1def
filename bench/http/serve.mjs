// One server in a process of its own: `serve.mjs MODULE APP FOLDER`. Tells its port on standard output; then, for each line on standard input, what it
// has used of the processor so far, in microseconds, and how many middleware have run (`gc` collects garbage first).
import process from 'node:process';
import { layers } from './apps/shared.mjs';

const [module, app, folder] = process.argv.slice(2);
const { default: start } = await import(new URL(`apps/${module}`, import.meta.url));

const collect = () => (globalThis.Bun === undefined ? globalThis.gc?.() : globalThis.Bun.gc(true));

console.log(JSON.stringify({ port: await start(app, folder) }));
process.stdin.on('data', (line) => {
  if (String(line).startsWith('gc')) collect();
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpu: user + system, layers: layers.run }));
});
process.stdin.on('end', () => process.exit());
