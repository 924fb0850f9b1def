import { describe, test } from 'vitest';
import { cases as errors } from './cases/errors.ts';
import { cases as hosts } from './cases/hosts.ts';
import { cases as patterns } from './cases/patterns.ts';
import { cases as precedence } from './cases/precedence.ts';
import { cases as router } from './cases/router.ts';
import { cases as urls } from './cases/urls.ts';

for (const [name, cases] of Object.entries({ patterns, precedence, router, urls, errors, hosts })) {
  describe(name, () => {
    for (const { title, run } of cases) test(title, run);
  });
}
