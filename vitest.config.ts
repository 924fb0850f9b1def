import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const packages = readdirSync(new URL('packages', import.meta.url));

/** A project for each package, and one for what concerns the workspace as a whole. */
export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({ test: { name, root: `packages/${name}` } })),
      { test: { name: 'workspace', include: ['tests/**/*.test.ts'] } },
    ],
  },
});
