import { describe, test } from 'vitest';
import { cases } from './cases/fetch.js';

// The same table runs on Bun, Deno and workerd: see conformance/.
describe('behind fetch', () => {
  test.each(cases)('$title', ({ run }) => run());
});
