import { expect, test } from 'vitest';
import type { Session } from '../accounts/sessions.ts';
import { Changes } from '../notes/changes.ts';

const aino: Session = { id: 'a', user: { id: 1, name: 'aino' } };
const ainoElsewhere: Session = { ...aino, id: 'b' };
const eero: Session = { id: 'c', user: { id: 2, name: 'eero' } };

test('changes reach all pages of the user, and of nobody else', async () => {
  const changes = new Changes();
  const readers = [aino, ainoElsewhere, eero].map((session) => changes.follow(session).getReader());
  changes.publish(aino.user, { kind: 'created', id: 7 });
  changes.publish(eero.user, { kind: 'deleted', id: 8 });
  const got = await Promise.all(readers.map(async (reader) => (await reader.read()).value?.data));
  expect(got).toEqual([
    { kind: 'created', id: 7 },
    { kind: 'created', id: 7 },
    { kind: 'deleted', id: 8 },
  ]);
});

test('signing out ends the pages of that session', async () => {
  const changes = new Changes();
  const [here, elsewhere] = [aino, ainoElsewhere].map((session) => changes.follow(session).getReader());
  changes.signOut(aino.user, aino);
  expect(await here?.read()).toMatchObject({ value: { event: 'signed-out' } });
  expect(await here?.read()).toMatchObject({ done: true });
  changes.publish(aino.user, { kind: 'updated', id: 1 });
  expect(await elsewhere?.read()).toMatchObject({ value: { event: 'change' } });
});

test('a page that takes nothing is let go, and holds up nobody', async () => {
  const changes = new Changes();
  const sleeping = changes.follow(aino);
  for (let id = 0; id < 1000; id++) changes.publish(aino.user, { kind: 'updated', id });
  let waiting = 0;
  for await (const _event of sleeping) waiting++;
  expect(waiting).toBeLessThan(110);
});
