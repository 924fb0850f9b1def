import { ClientDisconnected } from '@pullo/asgi';
import { BodyConsumed, ContentTooLarge, type FormLimits, UnsupportedMediaType } from '@pullo/request';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import { formPairs, post } from './make.ts';
import { multipart } from './multipart.ts';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';
const A_FIELD = multipart(['Content-Disposition: form-data; name="a"', '1']);

const rows: readonly (readonly [body: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['', []],
  [
    'a=1&b=2&a=3',
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ],
  ],
  [
    'a=1+2%2B3&%C3%A4=%E2%82%AC',
    [
      ['a', '1 2+3'],
      ['\u00e4', '\u20ac'],
    ],
  ],
  [
    'a&=b&&',
    [
      ['a', ''],
      ['', 'b'],
    ],
  ],
  ['?a=1', [['?a', '1']]],
  [
    'a=%&b=%zz',
    [
      ['a', '%'],
      ['b', '%zz'],
    ],
  ],
  ['a=1;b=2', [['a', '1;b=2']]],
  [
    '__proto__=1&constructor=2',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
];

const limited: readonly (readonly [limit: keyof FormLimits, max: number, fits: string, over: string])[] = [
  ['maxBytes', 5, 'a=123', 'a=1234'],
  ['maxFields', 2, 'a&&b&', 'a&b&c'],
  ['maxFieldBytes', 3, 'abcdef=123', 'a=1234'],
  ['maxFieldBytes', 3, 'a=%E2%82%AC', 'a=%E2%82%AC1'],
];

export const cases: readonly Case[] = [
  ...rows.map(([body, pairs]) => ({
    title: `formData reads ${JSON.stringify(body)}`,
    run: async () => {
      const type = `${URLENCODED}; charset=UTF-8`;
      assertEqual(await formPairs(await post(type, [body]).formData()), pairs);
      assertEqual(await formPairs(await post(type, body === '' ? [''] : body.split('')).formData()), pairs);
    },
  })),
  ...limited.map(([limit, max, fits, over]) => ({
    title: `formData keeps ${limit} for ${over}`,
    run: async () => {
      await post(URLENCODED, [fits]).formData({ [limit]: max });
      const error = await rejectionOf(post(URLENCODED, [over], { form: { [limit]: max } }).formData());
      if (!(error instanceof ContentTooLarge)) throw error;
      assertEqual([error.status, error.limit, error.max], [413, limit, max]);
    },
  })),
  {
    title: 'formData has 1,000 fields of 1 MiB by default',
    run: async () => {
      const fields = (count: number) => Array.from({ length: count }, (_, i) => `a=${i}`).join('&');
      assertEqual((await formPairs(await post(URLENCODED, [fields(1000)]).formData())).length, 1000);
      const tooMany = await rejectionOf(post(URLENCODED, [fields(1001)]).formData());
      assertEqual(
        [tooMany.message, Reflect.get(tooMany, 'limit')],
        ['The form has more than 1000 fields.', 'maxFields'],
      );
      const tooLarge = await rejectionOf(post(URLENCODED, [`a=${'x'.repeat(1024 * 1024 + 1)}`]).formData());
      assertEqual(tooLarge.message, 'The field "a" is larger than 1 MiB.');
    },
  },
  ...['application/json', 'text/plain', 'multipart/mixed; boundary=b', '', null].map((type) => ({
    title: `formData refuses the type ${JSON.stringify(type)} with 415`,
    run: async () => {
      const error = await rejectionOf(post(type, ['a=1']).formData());
      if (!(error instanceof UnsupportedMediaType)) throw error;
      assertEqual([error.status, error.code], [415, 'ERR_UNSUPPORTED_MEDIA_TYPE']);
    },
  })),
  ...[
    [URLENCODED, 'a=1'],
    [MULTIPART, A_FIELD],
  ].map(([type = '', body = '']) => ({
    title: `formData gives the same form each time (${type})`,
    run: async () => {
      const request = post(type, [body]);
      const form = await request.formData();
      assertEqual([(await request.formData()) === form, form.get('a')], [true, '1']);
    },
  })),
  ...[
    [URLENCODED, 'a=1'],
    [MULTIPART, A_FIELD],
  ].map(([type = '', body = '']) => ({
    title: `formData works on a body that is in memory (${type})`,
    run: async () => {
      const request = post(type, [body]);
      assertEqual(
        [await request.text(), (await request.formData()).get('a'), await request.text()],
        [body, '1', body],
      );
    },
  })),
  ...[
    [URLENCODED, 'a=1&b=2'],
    [MULTIPART, A_FIELD + A_FIELD],
  ].map(([type = '', body = '']) => ({
    title: `formData works with higher limits after a call with lower ones, while the body is there (${type})`,
    run: async () => {
      const headers = [
        ['content-type', type],
        ['content-length', String(body.length)],
      ] as const;
      const request = post(null, [body], { headers });
      assertEqual((await rejectionOf(request.formData({ maxBytes: 4 }))) instanceof ContentTooLarge, true);
      assertEqual((await request.formData()).get('a'), '1');
    },
  })),
  {
    title: 'formData that failed in the middle of a stream gives the same error again',
    run: async () => {
      const request = post(MULTIPART, [A_FIELD.slice(0, 40)]);
      const error = await rejectionOf(request.formData());
      assertEqual((await rejectionOf(request.formData())) === error, true);
    },
  },
  {
    title: 'a body stays readable after an urlencoded form, not after a multipart one',
    run: async () => {
      const urlencoded = post(URLENCODED, ['a=1']);
      await urlencoded.formData();
      assertEqual(await urlencoded.text(), 'a=1');
      const streamed = post(MULTIPART, [A_FIELD]);
      await streamed.formData();
      assertEqual((await rejectionOf(streamed.text())) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'formData is refused after stream',
    run: async () => {
      const request = post(MULTIPART, [A_FIELD]);
      await request.stream().next();
      assertEqual((await rejectionOf(request.formData())) instanceof BodyConsumed, true);
    },
  },
  ...[URLENCODED, MULTIPART].map((type) => ({
    title: `formData rejects when the client leaves in the middle (${type})`,
    run: async () => {
      const error = await rejectionOf(post(type, [A_FIELD.slice(0, 20), 'disconnect']).formData());
      assertEqual(error instanceof ClientDisconnected, true);
    },
  })),
];
