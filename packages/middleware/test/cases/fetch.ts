import { Pullo } from '@pullo/core';
import { apiKey } from '@pullo/middleware/api-key';
import { basicAuth } from '@pullo/middleware/basic-auth';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { requireUser } from '@pullo/middleware/require-user';
import { timingSafeEqual } from '@pullo/middleware/timing-safe-equal';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

/** Every middleware once behind `fetch`: so that each runs where there is nothing of Node. */

async function answer(app: Pullo, headers: Record<string, string> = {}): Promise<[number, string | null]> {
  const response = await app.fetch(new globalThis.Request('http://test.example/', { headers }));
  return [response.status, response.ok ? await response.text() : response.headers.get('www-authenticate')];
}

const verify = (given: string) => (timingSafeEqual(given, 'secret') ? { name: 'Aino' } : undefined);

export const cases: readonly Case[] = [
  {
    title: 'basicAuth takes its user and challenges others',
    run: async () => {
      const app = new Pullo()
        .use(basicAuth({ realm: 'Notes', verify: ({ password }) => verify(password) }))
        .use(requireUser())
        .get('/', ({ user }) => user.name);
      assertEqual(await answer(app, { authorization: `Basic ${btoa('aino:secret')}` }), [200, 'Aino']);
      const [status, challenge] = await answer(app);
      assertEqual([status, challenge?.startsWith('Basic realm="Notes"')], [401, true]);
    },
  },
  {
    title: 'bearerAuth takes its user and challenges others',
    run: async () => {
      const app = new Pullo().use(bearerAuth({ verify })).get('/', ({ user }) => user.name);
      assertEqual(await answer(app, { authorization: 'Bearer secret' }), [200, 'Aino']);
      const [status, challenge] = await answer(app, { authorization: 'Bearer other' });
      assertEqual([status, challenge?.startsWith('Bearer')], [401, true]);
    },
  },
  {
    title: 'apiKey takes its user and refuses others',
    run: async () => {
      const app = new Pullo().use(apiKey({ verify })).get('/', ({ user }) => user.name);
      assertEqual(await answer(app, { 'x-api-key': 'secret' }), [200, 'Aino']);
      assertEqual((await answer(app))[0], 401);
    },
  },
  {
    title: 'logger writes a line for a request that has an id',
    run: async () => {
      const lines: string[] = [];
      const app = new Pullo()
        .use(logger({ format: 'json', write: (line) => lines.push(line) }))
        .use(requestId())
        .get('/', ({ requestId }) => requestId);
      const [status, id] = await answer(app);
      await app.close();
      const record: Record<string, unknown> = JSON.parse(lines[0] ?? '{}');
      assertEqual([status, lines.length, record.status, record.path], [200, 1, 200, '/']);
      assertEqual(record.requestId ?? record.id, id);
    },
  },
];
