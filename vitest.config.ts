import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const packages = readdirSync(new URL('packages', import.meta.url));

/** A shared machine may be slow: what these catch is what never ends. */
const timeouts = { testTimeout: 20_000, hookTimeout: 60_000 };

/** A project for each package, one for the example that has tests of its own, and one for what concerns the workspace as a whole. */
export default defineConfig({
  test: {
    // Many of the tests wait, for processes, time-outs and clients: as many files at a time as there are cores, where vitest keeps one free.
    maxWorkers: availableParallelism(),
    projects: [
      ...packages.map((name) => ({ test: { name, root: `packages/${name}`, ...timeouts } })),
      { test: { name: 'notes', root: 'examples/notes', isolate: false, ...timeouts } },
      { test: { name: 'workspace', include: ['tests/**/*.test.ts'], ...timeouts } },
    ],
  },
});
