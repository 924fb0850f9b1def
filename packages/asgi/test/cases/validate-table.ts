import { type App, type Scope, validate } from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { play, type Script } from './script.ts';

/** What an app sends without waiting, and the problem that it is told. */
export type Row = readonly [events: readonly unknown[], problem: string];

export function app(events: readonly unknown[], receives: number): App {
  return async (_scope, receive, send) => {
    for (let i = 0; i < receives; i++) await receive();
    for (const event of events) send(event as Parameters<typeof send>[0]);
  };
}

/** A case for each row: the app answers after it has received what there is. */
export function table(
  kind: string,
  rows: readonly Row[],
  makeScope: () => Scope,
  received: readonly unknown[],
): Case[] {
  return rows.map(([events, problem], index) => ({
    title: `${kind} ${index + 1}: ${problem.slice(0, 90)}`,
    run: () => check(app(events, received.length), { scope: makeScope(), events: received }, problem),
  }));
}

export async function check(wrong: App, script: Script, problem: string): Promise<void> {
  const { error } = await play(validate(wrong), script);
  assertEqual(error instanceof Error ? error.message : error, `The app broke the contract: ${problem}.`);
}
