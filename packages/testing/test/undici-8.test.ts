import { createRequire } from 'node:module';
import { AppDispatcher } from '@pullo/testing';
import { describe, expect, test } from 'vitest';
import { answer, echo } from './support/apps.js';

/**
 * undici 8 as a whole needs Node 22, but the files of its functions, which make the handlers, load on 20 too.
 */
const require = createRequire(import.meta.url);

interface Body {
  text(): Promise<string>;
}

type Call = (
  this: AppDispatcher,
  options: object,
  factory?: unknown,
) => Promise<{ statusCode: number; headers: Record<string, unknown>; body: Body; trailers: object }>;

function apiOf(name: string): Call {
  return require(`undici-8/lib/api/api-${name}.js`);
}

describe('the functions of undici 8', () => {
  test('request', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const options = { origin: 'http://a', path: '/x', method: 'POST', body: 'hei' };
    const { statusCode, headers, body } = await apiOf('request').call(dispatcher, options);
    expect(statusCode).toBe(201);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(JSON.parse(await body.text())).toMatchObject({ path: '/x', body: 'hei' });
  });

  test('stream', async () => {
    await using dispatcher = new AppDispatcher(answer('streamed'));
    const { PassThrough } = await import('node:stream');
    const sink = new PassThrough();
    await apiOf('stream').call(dispatcher, { origin: 'http://a', path: '/', method: 'GET' }, () => sink);
    expect(String(sink.read())).toBe('streamed');
  });
});
