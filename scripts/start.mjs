// `npm start`: sets everything up and serves examples/hello.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();

const port = process.env.PORT ?? '8000';
console.log(`\nServing examples/hello. Try:\n\n  curl -i http://127.0.0.1:${port}/greet/Aino\n`);
const server = spawn(
  process.execPath,
  [join(root, 'packages/server/bin/pullo.js'), 'run', 'examples/hello/hello.ts', '--port', port],
  { cwd: root, stdio: 'inherit' },
);
// The terminal sends the signal to both; the server decides when it is done.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
