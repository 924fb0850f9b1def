import { HTTPError, Pullo, TextResponse } from '@pullo/core';
import { requestId } from '@pullo/middleware/request-id';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const constant = new TextResponse('constant');

const app = new Pullo()
  .use(requestId({ trust: ({ request }) => request.query.has('trusted') }))
  .get('/', ({ requestId }) => requestId)
  .get('/constant', constant)
  .get('/taken', () => {
    throw new HTTPError(409);
  });

describeTransports(app, (http) => {
  const idOf = async (path: string, id: string) => {
    const response = await http.get(path, { headers: { 'x-request-id': id } });
    const sent = response.headers.get('x-request-id');
    expect(await response.text()).toBe(sent);
    return sent;
  };

  test('makes an id, on the context and in the response', async () => {
    const response = await http.get('/');
    const id = await response.text();
    expect(id).toMatch(UUID);
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(await (await http.get('/')).text()).not.toBe(id);
  });

  test.each(['/taken', '/nope', '/constant'])(
    'is in the response of %s too, one for each request',
    async (path) => {
      const ids = await Promise.all(
        [1, 2].map(async () => (await http.get(path)).headers.get('x-request-id')),
      );
      expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
      expect(ids[0]).not.toBe(ids[1]);
      expect(constant.headers.has('x-request-id')).toBe(false);
    },
  );

  test('takes no id of a peer that is not trusted', async () => {
    expect(await idOf('/', 'chosen-by-a-client')).toMatch(UUID);
  });

  test.each([
    'a',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    '1-5759e988-bd862e3fe1be46a994272793',
    'a_b.c:d+e/f=@',
    'x'.repeat(128),
  ])('takes the id %s of a trusted peer', async (id) => {
    expect(await idOf('/?trusted', id)).toBe(id);
  });

  test.each(['', '-leading', 'two words', 'a,b', 'quo"te', '<script>', 'ä', 'tab\tbed', 'x'.repeat(129)])(
    'makes one in place of the malformed %j, also of a trusted peer',
    async (id) => {
      expect(await idOf('/?trusted', id)).toMatch(UUID);
    },
  );
});

describe('requestId()', () => {
  test('makes ids in a way of one’s own, for a header of one’s own', async () => {
    let count = 0;
    const app = new Pullo()
      .use(requestId({ header: 'x-trace', generate: () => `n${++count}`, trust: () => true }))
      .get('/', async ({ requestId }) => requestId);
    await using http = client(app);
    const made = await http.get('/');
    const kept = await http.get('/', { headers: { 'x-trace': 'given' } });
    expect([made.headers.get('x-trace'), await made.text()]).toEqual(['n1', 'n1']);
    expect([kept.headers.get('x-trace'), await kept.text()]).toEqual(['given', 'given']);
  });
});

test.each(['', 'two words', 'id:'])('the header %j is refused when the middleware is made', (header) => {
  expect(() => requestId({ header })).toThrow(TypeError);
});
