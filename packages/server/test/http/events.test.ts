import type { HTTPResponseStartEvent, SendEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { sending } from '../support/events.ts';
import { PROTOCOLS } from '../support/protocols.ts';

/** An event with a key that no version of the contract knows yet. */
function withMore<Event extends SendEvent>(event: Event): Event {
  return { ...event, tomorrow: { a: 1 } };
}

describe.each(PROTOCOLS)('an event in $name', ({ serving, get }) => {
  it('may have keys that the server does not know', async () => {
    const start: HTTPResponseStartEvent = { type: 'http.response.start', status: 200 };
    const { server, logger } = await serving(
      sending(withMore(start), withMore({ type: 'http.response.body', body: 'whole' })),
    );
    expect(await get(server)).toMatchObject({ status: 200, body: 'whole' });
    expect(logger.errors).toEqual([]);
  });

  it('may have names of headers in any case', async () => {
    const { server } = await serving(
      sending(
        {
          type: 'http.response.start',
          status: 200,
          headers: [
            ['X-Mixed-Case', '1'],
            ['CONTENT-LENGTH', '1'],
          ],
        },
        { type: 'http.response.body', body: 'a' },
      ),
    );
    const answer = await get(server);
    expect([answer.fields.get('x-mixed-case'), answer.fields.get('content-length')]).toEqual(['1', '1']);
  });

  it('may have headers that can be read only once', async () => {
    function* headers(): Generator<[string, string]> {
      yield ['x-first', '1'];
      yield ['x-second', '2'];
    }
    const { server } = await serving(
      sending(
        { type: 'http.response.start', status: 200, headers: headers() },
        { type: 'http.response.body' },
      ),
    );
    const { fields } = await get(server);
    expect([fields.get('x-first'), fields.get('x-second')]).toEqual(['1', '2']);
  });
});
