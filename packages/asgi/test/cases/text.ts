import { isToken, quote } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'isToken and quote';

const tokens = ['GET', 'a', '0', 'M-SEARCH', "!#$%&'*+-.^_`|~"];
const others = ['', ' ', 'GET ', 'a b', 'a\n', 'a:', 'a/b', '"a"', 'ä', 'a\0', 'ſ'];

const quoted: readonly (readonly [text: string, quoted: string])[] = [
  ['', '""'],
  ['a "b"', '"a \\"b\\""'],
  ['a\r\nb\0', '"a\\r\\nb\\u0000"'],
  ['x'.repeat(200), `"${'x'.repeat(200)}"`],
  ['x'.repeat(201), `"${'x'.repeat(200)}…"`],
];

export const cases: readonly Case[] = [
  ...tokens.map((text) => ({
    title: `${JSON.stringify(text)} is a token`,
    run: () => assertEqual(isToken(text), true),
  })),
  ...others.map((text) => ({
    title: `${JSON.stringify(text)} is no token`,
    run: () => assertEqual(isToken(text), false),
  })),
  ...quoted.map(([text, expected]) => ({
    title: `quote gives ${expected.slice(0, 40)} for ${text.length} characters`,
    run: () => assertEqual(quote(text), expected),
  })),
];
