import { describe, expect, it } from 'vitest';
import { type Ask, PROTOCOLS } from '../support/protocols.ts';
import { text, until } from '../support/serving.ts';

const fields = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: 1`);

/** Requests that no app may see, whatever the protocol, and their answers (RFC 9110). */
const REFUSED: [string, Ask, number][] = [
  ['a host with a bad port', { host: 'a:8x' }, 400],
  ['a malformed escape', { path: '/%zz' }, 400],
  ['an escape that is not UTF-8', { path: '/%ff' }, 400],
  ['an escaped NUL', { path: '/%00' }, 400],
  ['a fragment', { path: '/a#b' }, 400],
  ['a fragment after the query', { path: '/a?b#c' }, 400],
  ['bytes beyond ASCII in the path', { path: '/\xc3\xa4' }, 400],
  ['bytes beyond ASCII in the query', { path: '/?\xc3\xa4' }, 400],
  ['another expectation', { method: 'POST', lines: ['Expect: 200-ok'], body: 'a' }, 417],
  ['an expectation that only looks like one', { lines: ['Expect: y 100-continue'] }, 417],
  ['a target of 8 KiB and one', { path: `/${'a'.repeat(8192)}` }, 414],
  ['a head of more than 16 KiB', { lines: [`X: ${'a'.repeat(17_000)}`] }, 431],
  ['more than 128 fields', { lines: fields(140) }, 431],
  ['a body of more than 64 MiB', { method: 'POST', body: null, lines: ['Content-Length: 67108865'] }, 413],
];

describe.each(PROTOCOLS)('the server itself, in $name,', ({ serving, client, ask, version }) => {
  it.each(REFUSED)('refuses %s', async (_name, asked, status) => {
    let calls = 0;
    const { server, logger } = await serving((scope, receive, send) => {
      calls++;
      return text('an app')(scope, receive, send);
    });
    const http = client(server);
    const answer = await http.open(asked).answer;
    expect(answer).toMatchObject({ status, isWhole: true });
    expect(answer.fields.get('content-length')).toBe(String(answer.body.length));
    expect(answer.fields.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(calls).toBe(0);
    // What is not HTTP to the parser is in the log at level debug only.
    for (const access of logger.accesses) expect(access).toMatchObject({ status, httpVersion: version });
    expect((await http.open().answer).body).toBe('an app');
  });

  it('refuses HEAD without a body', async () => {
    const { server } = await serving(text('an app'));
    const answer = await ask(server, { method: 'HEAD', path: '/%zz' });
    expect(answer).toMatchObject({ status: 400, body: '', isWhole: true });
    expect(Number(answer.fields.get('content-length'))).toBeGreaterThan(0);
  });

  it('lets a client that is still sending read the refusal', async () => {
    const { server, logger } = await serving(text('an app'), { maxBodyBytes: 1000 });
    const exchange = client(server).open({ method: 'POST', body: null, lines: ['Content-Length: 8000000'] });
    for (let i = 0; i < 80; i++) exchange.write(Buffer.alloc(100_000));
    expect(await exchange.answer).toMatchObject({ status: 413, isWhole: true });
    await until(() => logger.accesses.length === 1);
  });
});
