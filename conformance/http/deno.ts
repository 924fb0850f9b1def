import { app } from './app.ts';

declare const Deno: {
  serve(options: object, handler: typeof app.fetch): { shutdown(): Promise<void> };
  addSignalListener(signal: 'SIGTERM', listener: () => void): void;
  exit(): void;
};

const onListen = ({ port }: { port: number }) => console.log(`listening on ${port}`);
const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen }, app.fetch);
Deno.addSignalListener('SIGTERM', async () => {
  await server.shutdown();
  await app.close();
  Deno.exit();
});
