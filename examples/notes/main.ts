import { parseArgs } from 'node:util';
import { serve } from '@pullo/server';
import { createApp } from './app.js';
import { DEMO } from './demo.js';
import { environment } from './environment.js';

const { values } = parseArgs({
  options: {
    demo: { type: 'boolean', default: false },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: process.env.PORT ?? '8000' },
  },
});

const app = createApp({ ...environment, demo: values.demo });
const server = await serve(app, { host: values.host, port: Number(values.port), handleSignals: true });
if (values.demo) console.log(`Sign in at ${server.url}/sign-in as ${DEMO.name}, password: ${DEMO.password}`);
await server.closed;
