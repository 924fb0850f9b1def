import { describe, test } from 'vitest';
import { cases, name } from './cases/errors.ts';

describe(name, () => {
  for (const { title, run } of cases) test(title, run);
});
