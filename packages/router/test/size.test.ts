import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a bundle of these exports weighs, minified and gzipped, in bytes. */
async function weightOf(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

/** What they weigh, 7.9 and 8.6 kB, and five percent more. */
const budgets: readonly (readonly [title: string, program: string, bytes: number])[] = [
  ['Router', `export { Router } from '@pullo/router'`, 8_300],
  ['Router and HostRouter', `export * from '@pullo/router'; export * from '@pullo/router/host'`, 9_000],
];

for (const [title, program, bytes] of budgets) {
  test(`${title} weighs at most ${bytes} bytes in a bundle`, async () => {
    expect(await weightOf(program)).toBeLessThanOrEqual(bytes);
  });
}
