import { BadJSON, ContentTooLarge, parseJSON, UnsupportedMediaType } from '@pullo/request';
import { assertEqual, type Case, rejectionOf, thrownBy } from '../../../../conformance/assert.ts';
import { type Chunk, post } from './make.ts';

const good: readonly (readonly [text: string, value: unknown])[] = [
  ['{"a":[1,2,{"b":null}]}', { a: [1, 2, { b: null }] }],
  ['"text"', 'text'],
  ['null', null],
  [' 1 ', 1],
  ['\ufeff{}', {}],
  ['"\u00e4\u20ac\u{1f600}"', '\u00e4\u20ac\u{1f600}'],
  ['{"constructor":1}', { constructor: 1 }],
  ['{"constructor":{"name":"x"}}', { constructor: { name: 'x' } }],
  ['{"prototype":{}}', { prototype: {} }],
  ['["__proto__","constructor"]', ['__proto__', 'constructor']],
  ['{"a":"\\u005f"}', { a: '_' }],
];

const bad: readonly (readonly [what: string, body: Chunk])[] = [
  ['nothing', ''],
  ['half a document', '{"a":'],
  ['two documents', '{}{}'],
  ['a word', 'undefined'],
  ['NaN', 'NaN'],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
  ['the key __proto__', '{"__proto__":{"x":1}}'],
  ['the key __proto__ deep inside', '[[{"a":[{"__proto__":1}]}]]'],
  ['the key __proto__ with an escape', '{"\\u005f_proto__":1}'],
  ['the key __proto__ with the other escape', '{"__pr\\u006Fto__":1}'],
  ['the keys constructor.prototype', '{"constructor":{"prototype":{"x":1}}}'],
  ['the keys constructor.prototype with an escape', '{"c\\u006fnstructor":{"prototype":1}}'],
];

const types: readonly (readonly [type: string | null, accepted: boolean])[] = [
  ['application/json', true],
  ['Application/JSON;charset=UTF-8', true],
  ['application/problem+json', true],
  ['application/vnd.api+json; ext="a;b"', true],
  [null, false],
  ['', false],
  ['text/plain', false],
  ['text/json', false],
  ['application/jsonp', false],
  ['application/x-www-form-urlencoded', false],
  ['json', false],
  ['text/plain; application/json', false],
];

export const cases: readonly Case[] = [
  ...good.map(([text, value]) => ({
    title: `json reads ${JSON.stringify(text)}`,
    run: async () => assertEqual(await post('application/json', [text]).json(), value),
  })),
  ...bad.map(([what, body]) => ({
    title: `json refuses ${what} with 400`,
    run: async () => {
      const error = await rejectionOf(post('application/json', [body]).json());
      assertEqual(
        [error instanceof BadJSON, Reflect.get(error, 'status'), Reflect.get(error, 'code')],
        [true, 400, 'ERR_BAD_JSON'],
      );
    },
  })),
  ...types.map(([type, accepted]) => ({
    title: `json ${accepted ? 'takes' : 'refuses'} the type ${JSON.stringify(type)}`,
    run: async () => {
      const reading = post(type, ['{}']).json();
      if (accepted) return assertEqual(await reading, {});
      const error = await rejectionOf(reading);
      assertEqual([error instanceof UnsupportedMediaType, Reflect.get(error, 'status')], [true, 415]);
    },
  })),
  {
    title: 'json gives a new value each time',
    run: async () => {
      const request = post('application/json', ['{"a":1}']);
      const first = await request.json<{ a: number }>();
      first.a = 2;
      assertEqual(await request.json(), { a: 1 });
    },
  },
  {
    title: 'json looks at the type before it reads, so that another reader can',
    run: async () => {
      const request = post('text/plain', ['{}']);
      await rejectionOf(request.json());
      assertEqual(await request.text(), '{}');
    },
  },
  {
    title: 'json joins characters that are split over chunks',
    run: async () => {
      const [a, b] = [new Uint8Array([0x22, 0xe2, 0x82]), new Uint8Array([0xac, 0x22])];
      assertEqual(await post('application/json', [a, b]).json(), '\u20ac');
    },
  },
  {
    title: 'json refuses a document over the limit with 413',
    run: async () => {
      const error = await rejectionOf(post('application/json', ['[1,2,3]']).json({ maxBytes: 6 }));
      assertEqual(error instanceof ContentTooLarge, true);
    },
  },
  {
    title: 'json refuses a deeply nested suspicious document without overflowing the stack',
    run: async () => {
      const depth = 100_000;
      const text = `${'['.repeat(depth)}{"__proto__":1}${']'.repeat(depth)}`;
      assertEqual((await rejectionOf(post('application/json', [text]).json())) instanceof BadJSON, true);
    },
  },
  {
    title: 'parseJSON reads a text as it reads a body',
    run: () => assertEqual(parseJSON('{"a":["\u00e4"]}'), { a: ['\u00e4'] }),
  },
  ...bad
    .flatMap(([what, body]) => (typeof body === 'string' ? [[what, body] as const] : []))
    .map(([what, body]) => ({
      title: `parseJSON refuses ${what}, under the name that it was given`,
      run: () => {
        const error = thrownBy(() => parseJSON(body, 'The note'));
        const isNamed = error.message.startsWith('The note') || error.message.startsWith('The JSON document');
        assertEqual([error instanceof BadJSON, isNamed], [true, true]);
      },
    })),
];
