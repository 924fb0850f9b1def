// `npm start`: sets everything up and serves examples/hello.
import { root, setUp } from './setup.mjs';

setUp();

const port = process.env.PORT ?? '8000';
console.log(`\nServing examples/hello. Try:\n\n  curl -i http://127.0.0.1:${port}/greet/Aino\n`);
process.chdir(root);
process.argv.splice(2, process.argv.length, 'run', 'examples/hello/hello.ts', '--port', port);
await import('../packages/server/bin/pullo.js');
