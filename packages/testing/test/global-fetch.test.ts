import { describe, test } from 'vitest';
import { cases } from './cases/global-fetch.js';

describe("the platform's fetch on an AppDispatcher", () => {
  for (const { title, run } of cases) test(title, run);
});
