import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { MIGRATIONS, migrate } from '../database/migrations.ts';
import { temporaryDirectory } from './support.ts';

/** A database, and steps of the test's own for it. */
function setUp(steps: Record<string, string>) {
  const directory = temporaryDirectory();
  const db = new Database(join(directory.path, 'test.db'));
  const folder = join(directory.path, 'steps');
  mkdirSync(folder);
  const write = (more: Record<string, string>) => {
    for (const [name, sql] of Object.entries(more)) writeFileSync(join(folder, name), sql);
  };
  write(steps);
  return {
    db,
    write,
    migrate: () => migrate(db, pathToFileURL(`${folder}/`)),
    [Symbol.dispose]() {
      db.close();
      directory[Symbol.dispose]();
    },
  };
}

test('the steps run in order, once, and are recorded', () => {
  using directory = temporaryDirectory();
  const db = new Database(join(directory.path, 'notes.db'));
  const names = readdirSync(MIGRATIONS).sort();
  expect(migrate(db)).toEqual(names);
  expect(migrate(db)).toEqual([]);
  expect(db.all('SELECT name FROM migrations ORDER BY number')).toEqual(names.map((name) => ({ name })));
  db.close();
});

test('a step that fails leaves nothing behind, and runs again when it has been mended', () => {
  using steps = setUp({
    '001-a.sql': 'CREATE TABLE a (x)',
    '002-b.sql': 'CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)',
  });
  expect(() => steps.migrate()).toThrow('no such table: nowhere');
  expect(steps.db.all("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')")).toEqual([{ name: 'a' }]);
  steps.write({ '002-b.sql': 'CREATE TABLE b (x)' });
  expect(steps.migrate()).toEqual(['002-b.sql']);
});

test('a step that has been added is the only one that runs', () => {
  using steps = setUp({ '001-a.sql': 'CREATE TABLE a (x)' });
  steps.migrate();
  steps.write({ '002-b.sql': 'ALTER TABLE a ADD COLUMN y' });
  expect(steps.migrate()).toEqual(['002-b.sql']);
});

test('a gap in the numbers is told', () => {
  using steps = setUp({ '001-a.sql': '', '003-c.sql': '' });
  expect(() => steps.migrate()).toThrow('Migration number 2 is "003-c.sql"');
});

test('a database of a newer version is left alone', () => {
  using steps = setUp({ '001-a.sql': 'CREATE TABLE a (x)' });
  steps.migrate();
  steps.db.run("INSERT INTO migrations VALUES (2, '002-future.sql', '2030-01-01')");
  expect(() => steps.migrate()).toThrow(
    'The database is at migration 2, and this version of the app knows 1',
  );
});
