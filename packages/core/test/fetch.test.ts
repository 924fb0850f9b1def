import { describe, test } from 'vitest';
import { cases as app } from './cases/fetch-app.js';
import { cases as checklist } from './cases/fetch-checklist.js';
import { cases as lifespan } from './cases/fetch-lifespan.js';
import { cases as scope } from './cases/fetch-scope.js';
import { cases as streams } from './cases/fetch-streams.js';

// The same tables run on Bun, Deno and workerd: see conformance/.
describe.each([
  ["the contract's checklist", checklist],
  ['the lifespan', lifespan],
  ['what is in a scope', scope],
  ['streams', streams],
  ['a Pullo app', app],
])('fetch: %s', (_name, cases) => {
  test.each(cases)('$title', ({ run }) => run());
});
