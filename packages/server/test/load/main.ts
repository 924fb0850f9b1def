// `npm run test:load -- --minutes=10`: clients that keep to the rules beside clients that break them, against a server in a process of its own.
// Fails if an answer was wrong, if the log has an error that was not planned, or if memory or descriptors grew. Needs Linux: it reads /proc.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Clients } from './clients.ts';
import { Faults } from './faults.ts';
import { Samples } from './samples.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '8' },
    faults: { type: 'string', default: '24' },
  },
});
const minutes = Number(values.minutes);

/** The share of the time after which memory counts. */
const WARM_UP = 0.3;
/** How much of its mean memory may grow by, over the time that counts. */
const MOST_GROWTH = 0.05;
/** How long the server may take to have forgotten the clients: as long as its time-outs are. */
const SETTLING_TIME = 30_000;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const flags = ['--port', '0', '--no-access-log', '--headers-timeout', '5s', '--idle-timeout', '5s'];
const server = spawn(process.execPath, [path('../../bin/pullo.js'), 'run', path('app.ts'), ...flags], {
  env: { ...process.env, NO_COLOR: '1' },
  stdio: ['ignore', 'ignore', 'pipe'],
});
let log = '';
server.stderr.setEncoding('utf8').on('data', (text: string) => {
  log += text;
});
const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
while (!/Pullo running on/.test(log) && server.exitCode === null) await pause(50);
const port = Number(/:(\d+) \(/.exec(log)?.[1]);
const url = `http://127.0.0.1:${port}`;

// What is made once, at first use, is no growth.
const first = new Clients(url, 4);
await pause(2000);
await first.end();
await pause(1000);
const samples = new Samples(server.pid as number);
const before = samples.now();

console.log(
  `${minutes} minutes of load on ${url}, ${values.clients} clients beside ${values.faults} that break the rules`,
);
const clients = new Clients(url, Number(values.clients));
const faults = new Faults(port, Number(values.faults));
for (let minute = 0; minute < minutes && server.exitCode === null; minute++) {
  await pause(60_000 * Math.min(1, minutes - minute));
  const { memory, descriptors } = samples.now();
  console.log(
    `${minute + 1} min: ${memory.toFixed(0)} MiB, ${descriptors} descriptors, ${clients.times.length} requests`,
  );
}
samples.stop();
await Promise.all([clients.end(), faults.end()]);
const deadline = Date.now() + SETTLING_TIME;
while (samples.now().descriptors > before.descriptors && Date.now() < deadline) await pause(500);
const after = samples.now();
server.kill('SIGTERM');
const code = await exited;

const { mean, slope, least, most, minutes: counted } = samples.trend(WARM_UP);
const times = clients.times.sort((a, b) => a - b);
const answered = [...clients.answered.values()].reduce((sum, count) => sum + count, 0);
const errors = log.match(/^(?:ERROR|WARNING): .*\n.*/gm) ?? [];
const unplanned = errors.filter((entry) => !/planned/.test(entry));

console.log(`
Answered right: ${answered} requests of ${clients.answered.size} kinds; wrong: ${clients.problems.length}
Took: ${times[times.length >> 1]?.toFixed(1)} ms in the middle, ${times.at(-1)?.toFixed(0)} ms at most
Faults: ${[...faults.done].map(([name, count]) => `${count} ${name}`).join(', ')}
Memory: ${mean.toFixed(1)} MiB on average (${least.toFixed(0)} to ${most.toFixed(0)}) over the last ${counted.toFixed(1)} minutes, growing by ${slope.toFixed(2)} MiB a minute
Descriptors: ${before.descriptors} before, ${samples.mostDescriptors} at most, ${after.descriptors} after
Log: ${errors.length} errors, ${unplanned.length} of them not planned; exit code ${code}`);

const failures = [
  ...clients.problems.slice(0, 20),
  ...unplanned.slice(0, 20),
  ...(slope * counted > mean * MOST_GROWTH ? ['Memory grew.'] : []),
  ...(after.descriptors > before.descriptors ? ['Descriptors were left open.'] : []),
  ...(code === 0 ? [] : [`The server ended with ${code}.`]),
];
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
