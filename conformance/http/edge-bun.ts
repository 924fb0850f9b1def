import app from '../../examples/edge/app.ts';

declare const Bun: { serve(options: object): { readonly port: number } };

// What Bun makes of a module's default export, on an address of one's own.
const server = Bun.serve({ ...app, hostname: '127.0.0.1', port: 0 });
console.log(`listening on ${server.port}`);
