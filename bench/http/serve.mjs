// One server in a process of its own: `serve.mjs MODULE APP FILE`. Tells its port on standard output; then, for each line on
// standard input, what it has used of the processor so far, in microseconds (`gc` collects garbage first).
import process from 'node:process';

const [module, app, file] = process.argv.slice(2);
const { default: start } = await import(new URL(`apps/${module}`, import.meta.url));

const collect = () => (globalThis.Bun === undefined ? globalThis.gc?.() : globalThis.Bun.gc(true));

console.log(JSON.stringify({ port: await start(app, file) }));
process.stdin.on('data', (line) => {
  if (String(line).startsWith('gc')) collect();
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpu: user + system }));
});
process.stdin.on('end', () => process.exit());
