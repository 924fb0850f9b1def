// `npm run test:load -- --minutes=10`: the server under a mixed load with faults. Not a part of `npm test`, for it takes its time.
import { setUp, tool } from './setup.mjs';

setUp();
const isRight = tool('load', 'tsx', ['packages/server/test/load/main.ts', ...process.argv.slice(2)]);
process.exitCode = isRight ? 0 : 1;
