// The examples of the guide, each run as a module of its own. What stands in a ```text fence right behind one is what it prints; examples that
// are tests themselves are run as tests; those that wait for requests are fenced as ```ts norun and only compiled.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { root } from './processes.js';

interface Example {
  readonly line: number;
  readonly code: string;
  /** What it prints, if the guide says so. */
  readonly output: string | undefined;
}

const FENCE = /^```ts( norun)?\n(.*?)^```$(?:\n+^```text\n(.*?)^```$)?/gms;
const guide = join(root, 'docs/guide');
/** Inside the workspace, so that its packages are found. */
const folder = join(root, '.snippets-run/guide');
const pages = readdirSync(guide).filter((name) => name.endsWith('.md'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(pages)('docs/guide/%s', async (page) => {
  const { examples, left } = read(readFileSync(join(guide, page), 'utf8'));
  mkdirSync(folder, { recursive: true });

  for (const { line, code, output } of examples) {
    const file = join(folder, `${page}.${line}.ts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    if (/from 'vitest'/.test(code)) {
      await describe(`line ${line}`, () => import(file));
      continue;
    }
    test(`line ${line} ${output === undefined ? 'runs' : 'prints what stands behind it'}`, async () => {
      const text = await printed(() => import(file));
      if (output !== undefined) expect(text).toBe(output);
    });
  }

  test('leaves few examples that are not run', () => {
    expect(left).toBeLessThanOrEqual(3);
  });
});

function read(text: string): { examples: readonly Example[]; left: number } {
  const fences = [...text.matchAll(FENCE)].map((fence) => ({
    isLeft: fence[1] !== undefined,
    line: text.slice(0, fence.index).split('\n').length,
    code: fence[2] ?? '',
    output: fence[3],
  }));
  return {
    examples: fences.filter(({ isLeft }) => !isLeft),
    left: fences.filter(({ isLeft }) => isLeft).length,
  };
}

/** What reaches the standard output through the console while something runs. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  let output = '';
  const print = (...values: unknown[]) => {
    output += `${format(...values)}\n`;
  };
  const spies = [vi.spyOn(console, 'log'), vi.spyOn(console, 'info')].map((spy) =>
    spy.mockImplementation(print),
  );
  try {
    await run();
    return output;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
