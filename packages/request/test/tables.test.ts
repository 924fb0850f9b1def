import { describe, test } from 'vitest';
import type { Case } from '../../../conformance/assert.ts';
import { cases as body } from './cases/body.ts';
import { cases as cookies } from './cases/cookies.ts';
import { cases as form } from './cases/form.ts';
import { cases as json } from './cases/json.ts';
import { cases as multipart } from './cases/multipart.ts';
import { cases as negotiation } from './cases/negotiation.ts';
import { cases as parts } from './cases/parts.ts';
import { cases as query } from './cases/query.ts';
import { cases as signal } from './cases/signal.ts';
import { cases as url } from './cases/url.ts';
import { cases as web } from './cases/web.ts';

const tables: Record<string, readonly Case[]> = {
  body,
  cookies,
  form,
  json,
  multipart,
  negotiation,
  parts,
  query,
  signal,
  url,
  web,
};

for (const [name, cases] of Object.entries(tables)) {
  describe(name, () => {
    for (const { title, run } of cases) test(title, run);
  });
}
