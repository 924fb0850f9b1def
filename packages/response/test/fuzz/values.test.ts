import { HeaderList } from '@pullo/asgi';
import {
  contentDisposition,
  RedirectResponse,
  Response,
  type ServerSentEvent,
  StreamingResponse,
  serializeCookie,
  serializeEvent,
} from '@pullo/response';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOf } from '../cases/exchange.ts';
import { numRuns } from './fuzz-runs.ts';

const text = fc.string({ unit: 'binary' });
/** Text with much of what breaks headers and lines. */
const nasty = fc
  .array(
    fc.oneof(
      text,
      fc.constantFrom('\r', '\n', '\r\n', '\0', ';', ',', '"', '\\', '%', '=', ' ', ':', 'data:', '\ud800'),
    ),
  )
  .map((parts) => parts.join(''));

/** What may stand in a header: as it is on the wire. */
const SENDABLE = /^[\x20-\x7e]*$/;

test('a cookie is either refused or one field that says what it was given', () => {
  const property = fc.property(
    nasty,
    nasty,
    fc.option(nasty),
    fc.option(nasty),
    (name, value, path, domain) => {
      const options = { ...(path === null ? {} : { path }), ...(domain === null ? {} : { domain }) };
      let cookie: string;
      try {
        cookie = serializeCookie(name, value, options);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_INVALID_COOKIE' });
        return;
      }
      expect(cookie).toMatch(SENDABLE);
      const [pair = '', ...attributes] = cookie.split('; ');
      expect([pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]).toEqual([name, value]);
      expect(attributes.filter((attribute) => attribute.startsWith('Path='))).toEqual([
        `Path=${path ?? '/'}`,
      ]);
    },
  );
  fc.assert(property, { numRuns });
});

const cookieText = fc.stringMatching(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,20}$/);

test('a value of allowed characters is never refused', () => {
  fc.assert(
    fc.property(cookieText, (value) => {
      expect(serializeCookie('a', value).split(';')[0]).toBe(`a=${value}`);
    }),
    { numRuns },
  );
});

test('of cookies with one name the last is left, whatever came before', () => {
  const cookies = fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), cookieText), { minLength: 1 });
  fc.assert(
    fc.property(cookies, (all) => {
      const response = new Response();
      for (const [name, value] of all) response.setCookie(name, value);
      const left = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
      const expected = [...new Map(all).entries()].map(([name, value]) => `${name}=${value}`);
      expect(left.sort()).toEqual(expected.sort());
    }),
    { numRuns },
  );
});

test('content-disposition can be sent, and its name decodes to the one given without what is not safe', () => {
  fc.assert(
    fc.property(nasty, (filename) => {
      const value = contentDisposition('attachment', filename);
      expect(value).toMatch(SENDABLE);
      const [, ascii, extended] =
        /^attachment; filename="([^"\\]*)"(?:; filename\*=UTF-8''([\w!#$&+\-.^`|~%]*))?$/.exec(value) ?? [];
      expect(ascii).toBeDefined();
      const name = extended === undefined ? ascii : decodeURIComponent(extended);
      const safe = filename
        .replace(/^.*[/\\]/su, '')
        .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')
        .toWellFormed();
      expect(name).toBe(safe);
    }),
    { numRuns },
  );
});

test('a redirect is either refused or a URL reference in ASCII, which encoding leaves as it is', () => {
  fc.assert(
    fc.property(nasty, (target) => {
      let location: string | null;
      try {
        location = new RedirectResponse(target).headers.get('location');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_INVALID_REDIRECT' });
        expect(target).toMatch(/\p{Cc}/u);
        return;
      }
      expect(location).toMatch(/^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/);
      expect(new RedirectResponse(location ?? '').headers.get('location')).toBe(location);
    }),
    { numRuns },
  );
});

test('a path of this host stays one: a redirect cannot be turned to another', () => {
  fc.assert(
    fc.property(nasty, (rest) => {
      const target = `/x${rest}`;
      try {
        const location = new RedirectResponse(target).headers.get('location') ?? '';
        expect(new URL(location, 'https://here.example/a/b').host).toBe('here.example');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_INVALID_REDIRECT' });
      }
    }),
    { numRuns },
  );
});

/** The parser of the HTML standard, section 9.2.6, word by word. */
function parseEvents(stream: string): { type: string; data: string; id: string }[] {
  const events: { type: string; data: string; id: string }[] = [];
  let [data, type, id] = ['', '', ''];
  for (const line of stream.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1), id });
      [data, type] = ['', ''];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data += `${value}\n`;
    else if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
  return events;
}

const eventText = fc
  .array(fc.oneof(fc.string(), fc.constantFrom('\r', '\n', '\r\n', ':', ' ', 'data: ', 'id: 9')))
  .map((parts) => parts.join(''));

test('an event is read as what was written, whatever is in its fields', () => {
  const events = fc.array(
    fc.record(
      { data: eventText, event: eventText, id: eventText, comment: eventText },
      { requiredKeys: ['data'] },
    ),
  );
  fc.assert(
    fc.property(events, (all: ServerSentEvent[]) => {
      const oneLine = (value: string) => value.replace(/[\r\n\0]+/g, ' ');
      let id = '';
      const expected = all.map((event) => {
        id = event.id === undefined ? id : oneLine(event.id);
        return {
          type: oneLine(event.event ?? '') || 'message',
          data: String(event.data).replace(/\r\n?/g, '\n'),
          id,
        };
      });
      expect(parseEvents(all.map(serializeEvent).join(''))).toEqual(expected);
    }),
    { numRuns },
  );
});

test('a header value is either refused or sent as one line', () => {
  fc.assert(
    fc.property(nasty, nasty, (name, value) => {
      try {
        const list = new Response(null, { headers: { [name]: value } }).headerList;
        for (const field of new HeaderList(list).flat) expect(field).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_INVALID_HEADER' });
      }
    }),
    { numRuns },
  );
});

test('content arrives as it was, however it is cut into pieces', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array())),
    async (pieces) => {
      const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
      async function* source() {
        yield* pieces;
      }
      const { events } = await answerOf(new StreamingResponse(source()));
      const sent = events.map((event) => ('body' in event ? Buffer.from(event.body ?? '') : Buffer.alloc(0)));
      expect(Buffer.concat(sent).equals(whole)).toBe(true);
      expect(Buffer.from(await new StreamingResponse(pieces).toWeb().arrayBuffer()).equals(whole)).toBe(true);
    },
  );
  await fc.assert(property, { numRuns: Math.ceil(numRuns / 5) });
});

test('the length of a text is that of its bytes', () => {
  fc.assert(
    fc.property(text, (content) => {
      expect(new Response(content).headers.get('content-length')).toBe(
        String(new TextEncoder().encode(content).length),
      );
    }),
    { numRuns },
  );
});
