import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileNotFound, FileResponse } from '@pullo/response/file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, httpScope } from '../cases/exchange.ts';
import { makeFolder } from '../support/folder.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeEach(async () => {
  folder = await makeFolder({
    'root/sub/page.txt': 'page',
    'root/other/page.txt': 'other',
    'outside/page.txt': 'secret',
  });
});
afterEach(() => folder.remove());

const at = (name: string) => join(folder.path, name);

const answer = (name: string, root = 'root') =>
  answerOf(new FileResponse(at(name), { root: at(root) }), httpScope());

/** How many files of the folder are open in this process. */
function filesOpen(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The descriptor of the listing itself is closed by now.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(folder.path)).length;
}

interface Row {
  name: string;
  change: () => Promise<void>;
  /** The body afterwards; null where there is no file any more. */
  body: string | null;
}

/** What happens to a directory from which a file has been served. */
const CHANGES: Row[] = [
  {
    name: 'its directory becomes a link that leads out',
    change: async () => {
      await rename(at('root/sub'), at('root/old'));
      await symlink(at('outside'), at('root/sub'));
    },
    body: null,
  },
  {
    name: 'its directory becomes a link within the root',
    change: async () => {
      await rename(at('root/sub'), at('root/old'));
      await symlink('other', at('root/sub'));
    },
    body: 'other',
  },
  {
    name: 'it becomes a link that leads out',
    change: async () => {
      await rm(at('root/sub/page.txt'));
      await symlink(at('outside/page.txt'), at('root/sub/page.txt'));
    },
    body: null,
  },
  {
    name: 'it becomes a link within the root',
    change: async () => {
      await rm(at('root/sub/page.txt'));
      await symlink('../other/page.txt', at('root/sub/page.txt'));
    },
    body: 'other',
  },
  {
    name: 'the root becomes a link to another root',
    change: async () => {
      await rename(at('root'), at('release-1'));
      await mkdir(at('release-2/sub'), { recursive: true });
      await writeFile(at('release-2/sub/page.txt'), 'new');
      await symlink('release-2', at('root'));
    },
    body: 'new',
  },
  {
    name: 'it is replaced',
    change: async () => {
      await writeFile(at('page.new'), 'replaced');
      await rename(at('page.new'), at('root/sub/page.txt'));
    },
    body: 'replaced',
  },
  { name: 'it is removed', change: () => rm(at('root/sub/page.txt')), body: null },
  { name: 'its directory is removed', change: () => rm(at('root/sub'), { recursive: true }), body: null },
];

describe('a file that has been served from a root is looked for anew when', () => {
  test.each(CHANGES)('$name', async ({ change, body }) => {
    for (let i = 0; i < 2; i++) expect((await answer('root/sub/page.txt')).body).toBe('page');
    await change();
    for (let i = 0; i < 2; i++) {
      if (body === null) await expect(answer('root/sub/page.txt')).rejects.toBeInstanceOf(FileNotFound);
      else expect((await answer('root/sub/page.txt')).body).toBe(body);
    }
    expect(filesOpen()).toBe(0);
  });
});

test('a directory known from one root says nothing about another', async () => {
  for (let i = 0; i < 2; i++) expect((await answer('root/sub/page.txt')).body).toBe('page');
  await expect(answer('root/sub/page.txt', 'root/other')).rejects.toBeInstanceOf(FileNotFound);
});

test('a root that is reached by a link serves what lies in it', async () => {
  await symlink('root', at('current'));
  for (let i = 0; i < 2; i++) expect((await answer('current/sub/page.txt', 'current')).body).toBe('page');
});

test('files from more directories than are kept in mind are served', async () => {
  const names = Array.from({ length: 1100 }, (_, i) => `root/many/${i}`);
  await Promise.all(names.map((name) => mkdir(at(name), { recursive: true })));
  await Promise.all(names.map((name) => writeFile(at(`${name}/page.txt`), name)));
  for (const name of [...names, ...names.slice(0, 10)]) {
    expect((await answer(`${name}/page.txt`)).body).toBe(name);
  }
});

test.each(['root', 'current'])(
  'what lies outside is never sent from %s, also while a directory becomes a link and back again',
  async (root) => {
    await symlink('root', at('current'));
    await symlink(at('outside'), at('link'));
    const until = Date.now() + 1500;
    const swap = async (): Promise<void> => {
      while (Date.now() < until) {
        await rename(at('root/sub'), at('sub'));
        await rename(at('link'), at('root/sub'));
        await rename(at('root/sub'), at('link'));
        await rename(at('sub'), at('root/sub'));
      }
    };
    const bodies = new Set<string>();
    const ask = async (): Promise<void> => {
      while (Date.now() < until) {
        const { body } = await answer(`${root}/sub/page.txt`, root).catch(notFound);
        bodies.add(body);
      }
    };
    await Promise.all([swap(), ask(), ask()]);
    expect([...bodies].filter((body) => body !== 'missing')).toEqual(['page']);
    expect(filesOpen()).toBe(0);
  },
);

function notFound(error: unknown): { body: string } {
  if (error instanceof FileNotFound) return { body: 'missing' };
  throw error;
}
