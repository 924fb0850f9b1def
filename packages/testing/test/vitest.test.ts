import { describeTransports } from '@pullo/testing/vitest';
import { afterAll, expect, test } from 'vitest';
import { echo, httpApp } from './support/apps.js';

const transports: string[] = [];

describeTransports(
  echo,
  (client, { transport }) => {
    test('the same request is answered on both, with what both clients send', async () => {
      transports.push(transport);
      const response = await client.post('/hei', { json: { a: 1 } });
      expect(response.status).toBe(201);
      const seen = await response.json<{ body: string; headers: [string, string][] }>();
      expect(seen.body).toBe('{"a":1}');
      expect(seen.headers).toContainEqual(['x-all', 'yes']);
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    });

    test('cookies are forgotten between tests', async () => {
      expect([...client.cookies]).toEqual([]);
    });
  },
  { headers: { 'x-all': 'yes' } },
);

describeTransports(
  httpApp(() => {
    throw new Error('oh no');
  }),
  (client) => {
    test('an error of the app is answered', async () => {
      expect((await client.get('/')).status).toBe(500);
    });
  },
);

afterAll(() => {
  expect(transports).toEqual(['in process', 'socket']);
});
