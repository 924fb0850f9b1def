import { isHost } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'isHost';

const hosts = [
  '',
  'localhost',
  'example.org',
  'example.org:8080',
  'example.org:',
  '127.0.0.1:80',
  '[::1]',
  '[::ffff:127.0.0.1]:65535',
  'a_b.example',
  "!$&'()*+,;=~",
  'b%C3%BCcher.example',
];

const others = [
  ' ',
  'example.org ',
  'user@example.org',
  'user:pass@example.org',
  'example.org:port',
  'example.org:123456',
  'example.org:80:80',
  'example.org/path',
  'example.org?q',
  'example.org#f',
  'exa mple.org',
  'example.org\n',
  'bücher.example',
  '%zz',
  '::1',
  '[::1',
  '[localhost]',
  '[]',
  'a\\b',
];

export const cases: readonly Case[] = [
  ...hosts.map((text) => ({
    title: `${JSON.stringify(text)} is a host`,
    run: () => assertEqual(isHost(text), true),
  })),
  ...others.map((text) => ({
    title: `${JSON.stringify(text)} is no host`,
    run: () => assertEqual(isHost(text), false),
  })),
  {
    title: 'what was a host stays one, whatever comes between',
    run: () => assertEqual(['a', 'a@b', 'a', '', 'a@b'].map(isHost), [true, false, true, true, false]),
  },
];
