import { describe, test } from 'vitest';
import * as cookies from './cases/cookies.ts';
import * as events from './cases/events.ts';
import * as headerValues from './cases/header-values.ts';
import * as redirects from './cases/redirects.ts';
import * as response from './cases/response.ts';
import * as streams from './cases/streams.ts';
import * as web from './cases/web.ts';

const tables = { response, streams, events, cookies, redirects, 'header values': headerValues, web };

for (const [name, { cases }] of Object.entries(tables)) {
  describe(name, () => {
    for (const { title, run } of cases) test(title, run);
  });
}
