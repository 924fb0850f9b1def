import { ClientDisconnected } from '@pullo/asgi';
import {
  BadForm,
  BodyConsumed,
  ContentTooLarge,
  type Part,
  Request,
  UnsupportedMediaType,
} from '@pullo/request';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import { httpScope, post, textOf } from './make.ts';
import { multipart } from './multipart.ts';

const TYPE = 'multipart/form-data; boundary=b';
const FIELD = 'Content-Disposition: form-data; name=';
const TWO = multipart(
  [`${FIELD}"a"`, 'one'],
  [`${FIELD}"f"; filename="x.txt"\r\nContent-Type: text/csv\r\nX-Y: z`, 'two'],
);

export const cases: readonly Case[] = [
  {
    title: 'parts hands over name, filename, type, headers and content',
    run: async () => {
      const seen: unknown[] = [];
      for await (const part of post(TYPE, [TWO]).parts()) {
        seen.push([part.name, part.filename, part.type, part.headers.get('x-y'), await part.text()]);
      }
      assertEqual(seen, [
        ['a', null, '', null, 'one'],
        ['f', 'x.txt', 'text/csv', 'z', 'two'],
      ]);
    },
  },
  {
    title: 'a part comes before its content has arrived, and its content as it arrives',
    run: async () => {
      const [head = '', ...rest] = multipart([`${FIELD}"a"`, 'one|two']).split(/(?=one|\||two)/);
      const chunks = [head, ...rest];
      let given = 0;
      const receive = async () => {
        const body = new TextEncoder().encode(chunks[given++]);
        return { type: 'http.request', body, moreBody: given < chunks.length } as const;
      };
      const request = new Request(httpScope({ headers: [['content-type', TYPE]] }), receive);
      const seen: unknown[] = [];
      for await (const part of request.parts()) {
        seen.push(given);
        for await (const piece of part.stream())
          seen.push(`${new TextDecoder().decode(piece)} after ${given}`);
      }
      assertEqual(seen, [1, 'one after 2', '| after 3', 'two after 4']);
    },
  },
  {
    title: 'a part that is not read is skipped',
    run: async () => {
      const names: string[] = [];
      for await (const part of post(TYPE, [TWO]).parts()) names.push(part.name);
      assertEqual(names, ['a', 'f']);
    },
  },
  {
    title: 'the rest of a part that is left early is skipped',
    run: async () => {
      const texts: string[] = [];
      for await (const part of post(TYPE, [TWO.slice(0, 60), TWO.slice(60)]).parts()) {
        if (part.name === 'f') texts.push(await part.text());
        for await (const _ of part.name === 'a' ? part.stream() : []) break;
      }
      assertEqual(texts, ['two']);
    },
  },
  {
    title: 'a part cannot be read twice',
    run: async () => {
      for await (const part of post(TYPE, [TWO]).parts()) {
        await part.text();
        assertEqual((await rejectionOf(part.text())) instanceof BodyConsumed, true);
      }
    },
  },
  {
    title: 'a part cannot be read when the next has been asked for',
    run: async () => {
      const all: Part[] = [];
      for await (const part of post(TYPE, [TWO]).parts()) all.push(part);
      for (const part of all) assertEqual((await rejectionOf(part.text())) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'a stream of a part that was passed ends with an error, not as if it were complete',
    run: async () => {
      const parts = post(TYPE, [TWO.slice(0, 50), TWO.slice(50)]).parts();
      const first = (await parts.next()).value as Part;
      const pieces = first.stream();
      await pieces.next();
      await parts.next();
      assertEqual((await rejectionOf(textOf(pieces))) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'bytes of a part is limited to 1 MiB by default, and by the call',
    run: async () => {
      const body = multipart([`${FIELD}"f"; filename="x"`, 'x'.repeat(1024 * 1024 + 1)]);
      for await (const part of post(TYPE, [body]).parts()) {
        assertEqual((await rejectionOf(part.bytes())) instanceof ContentTooLarge, true);
      }
      for await (const part of post(TYPE, [body]).parts()) {
        assertEqual((await part.bytes({ maxBytes: 2 ** 21 })).byteLength, 1024 * 1024 + 1);
      }
    },
  },
  {
    title: 'the limits of forms hold for parts, also for those that are skipped',
    run: async () => {
      const error = await rejectionOf(count(post(TYPE, [TWO]).parts({ maxFileBytes: 2 })));
      assertEqual([Reflect.get(error, 'limit'), Reflect.get(error, 'max')], ['maxFileBytes', 2]);
    },
  },
  {
    title: 'a file of parts may be larger than what is kept in memory',
    run: async () => {
      const body = multipart([`${FIELD}"f"; filename="x"`, 'x'.repeat(3 * 1024 * 1024)]);
      for await (const part of post(TYPE, [body]).parts())
        assertEqual((await textOf(part.stream())).length, 3 * 1024 * 1024);
    },
  },
  {
    title: 'parts refuses other types with 415',
    run: async () => {
      for (const type of ['application/x-www-form-urlencoded', 'multipart/mixed; boundary=b', null]) {
        assertEqual(
          (await rejectionOf(count(post(type, [TWO]).parts()))) instanceof UnsupportedMediaType,
          true,
        );
      }
    },
  },
  {
    title: 'parts refuses a body that is cut by its sender',
    run: async () => {
      assertEqual(
        (await rejectionOf(count(post(TYPE, [TWO.slice(0, -8)]).parts()))) instanceof BadForm,
        true,
      );
    },
  },
  {
    title: 'a part rejects when the client leaves in the middle',
    run: async () => {
      const parts = post(TYPE, [TWO.slice(0, 50), 'disconnect']).parts();
      const part = (await parts.next()).value as Part;
      assertEqual((await rejectionOf(part.text())) instanceof ClientDisconnected, true);
    },
  },
  {
    title: 'parts works on a body that is in memory',
    run: async () => {
      const request = post(TYPE, [TWO]);
      await request.bytes();
      assertEqual([await count(request.parts()), await count(request.parts())], [2, 2]);
    },
  },
  {
    title: 'leaving parts early leaves the body streamed',
    run: async () => {
      const request = post(TYPE, [TWO]);
      for await (const _ of request.parts()) break;
      assertEqual((await rejectionOf(request.text())) instanceof BodyConsumed, true);
    },
  },
];

async function count(parts: AsyncIterable<unknown>): Promise<number> {
  let total = 0;
  for await (const _ of parts) total++;
  return total;
}
