import { app } from './app.ts';

declare const Bun: {
  serve(options: object): { readonly port: number; stop(): Promise<void> };
};
declare const process: { once(signal: 'SIGTERM', listener: () => void): void; exit(): void };

const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: app.fetch });
console.log(`listening on ${server.port}`);
process.once('SIGTERM', async () => {
  await server.stop();
  await app.close();
  process.exit();
});
