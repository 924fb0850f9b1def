import { type App, validate } from '@pullo/asgi';
import {
  type AccessRecord,
  type Logger,
  type LogLevel,
  type ServeOptions,
  type Server,
  serve,
} from '@pullo/server';
import { onTestFinished } from 'vitest';

/** A log that a test can read. */
export class MemoryLogger implements Logger {
  readonly lines: { level: LogLevel; message: string; error: unknown }[] = [];
  readonly accesses: AccessRecord[] = [];

  log(level: LogLevel, message: string, error?: unknown): void {
    this.lines.push({ level, message, error });
  }

  access(record: AccessRecord): void {
    this.accesses.push(record);
  }

  /** What was thrown where it was logged as an error. */
  get errors(): unknown[] {
    return this.lines.filter(({ level }) => level === 'error').map(({ error }) => error);
  }

  get messages(): string[] {
    return this.lines.map(({ message }) => message);
  }
}

export interface Serving {
  server: Server;
  logger: MemoryLogger;
}

/** Serves an app for one test, behind `validate`, so that a breach of the contract by either side shows. */
export function serving(app: App, options: ServeOptions = {}): Promise<Serving> {
  return servingUnwatched(validate(app), options);
}

/** Serves an app that breaks the contract on purpose. */
export async function servingUnwatched(app: App, options: ServeOptions = {}): Promise<Serving> {
  const logger = new MemoryLogger();
  const server = await serve(app, { port: 0, lifespan: 'off', gracefulTimeout: 0, logger, ...options });
  onTestFinished(() => server.close());
  return { server, logger };
}

/** An app that answers every request with a text. */
export function text(body: string, headers: [string, string][] = []): App {
  return (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain'], ...headers] });
    send({ type: 'http.response.body', body });
  };
}

/** A promise that a test opens. */
export class Gate {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Waits until a condition holds, for at most two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It did not come true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
