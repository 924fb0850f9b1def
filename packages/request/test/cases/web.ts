import { ClientDisconnected } from '@pullo/asgi';
import { BodyConsumed, Request } from '@pullo/request';
import { assertEqual, type Case, rejectionOf, thrownBy } from '../../../../conformance/assert.ts';
import { makeRequest, post, textOf } from './make.ts';

export const cases: readonly Case[] = [
  {
    title: 'toWeb keeps method, URL, headers and body',
    run: async () => {
      const web = post('text/plain', ['a', 'b'], { path: '/x%2Fy', query: 'q=1' }).toWeb();
      assertEqual([web.method, web.url], ['POST', 'http://example.org/x%2Fy?q=1']);
      assertEqual([web.headers.get('content-type'), await web.text()], ['text/plain', 'ab']);
    },
  },
  {
    title: 'toWeb joins repeated fields, cookies with a semicolon',
    run: () => {
      const headers = [
        ['cookie', 'a=1'],
        ['cookie', 'b=2'],
        ['x-y', '1'],
        ['x-y', '2'],
      ] as const;
      const web = makeRequest({ headers }).toWeb();
      assertEqual([web.headers.get('cookie'), web.headers.get('x-y')], ['a=1; b=2', '1, 2']);
    },
  },
  ...['GET', 'HEAD'].map((method) => ({
    title: `toWeb of a ${method} has no body`,
    run: () => assertEqual(makeRequest({ method }).toWeb().body, null),
  })),
  {
    title: 'toWeb reads nothing until somebody reads it',
    run: async () => {
      const request = post('text/plain', ['a', 'b']);
      const web = request.toWeb();
      assertEqual(await request.text(), 'ab');
      assertEqual(await web.text(), 'ab');
    },
  },
  {
    title: 'toWeb of a body that was streamed is refused',
    run: async () => {
      const request = post('text/plain', ['a']);
      await textOf(request.stream());
      assertEqual(thrownBy(() => request.toWeb()) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'toWeb passes the signal on',
    run: () => {
      const controller = new AbortController();
      const web = makeRequest({ scope: { exchange: { signal: controller.signal } } }).toWeb();
      controller.abort(new ClientDisconnected());
      assertEqual([web.signal.aborted, web.signal.reason instanceof ClientDisconnected], [true, true]);
    },
  },
  {
    title: 'from keeps method, URL, headers and body',
    run: async () => {
      const init = { method: 'PUT', headers: { 'X-Y': '1', cookie: 'a=1' }, body: 'abc' };
      const request = Request.from(
        new globalThis.Request('https://example.org:8443/a%2fb/../c?x=1&x=2', init),
      );
      assertEqual(
        [request.method, request.url.href, request.path],
        ['PUT', 'https://example.org:8443/c?x=1&x=2', '/c'],
      );
      assertEqual([request.headers.get('x-y'), request.headers.get('host')], ['1', 'example.org:8443']);
      assertEqual(
        [request.query.getAll('x'), request.client, await request.text()],
        [['1', '2'], null, 'abc'],
      );
    },
  },
  {
    title: 'from takes options',
    run: async () => {
      const web = new globalThis.Request('http://a/', { method: 'POST', body: 'abc' });
      assertEqual(Reflect.get(await rejectionOf(Request.from(web, { maxBytes: 2 }).text()), 'status'), 413);
    },
  },
  {
    title: 'from reads a form that Fetch wrote',
    run: async () => {
      const body = new FormData();
      body.append('a "b"', '1\r\n2');
      body.append('f', new File(['content'], 'n\u00e4me "x".txt', { type: 'text/x' }));
      const form = await Request.from(
        new globalThis.Request('http://a/', { method: 'POST', body }),
      ).formData();
      const file = form.get('f') as File;
      assertEqual(
        [form.get('a "b"'), file.name, file.type, await file.text()],
        ['1\r\n2', 'n\u00e4me "x".txt', 'text/x', 'content'],
      );
    },
  },
  {
    title: 'from has an empty body where there is none',
    run: async () => assertEqual(await Request.from(new globalThis.Request('http://a/')).text(), ''),
  },
  {
    title: 'from streams the body as it comes',
    run: async () => {
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulls++;
            controller.enqueue(new Uint8Array([97]));
            if (pulls === 3) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      const pieces = Request.from(new globalThis.Request('http://a/', init)).stream();
      await pieces.next();
      assertEqual(pulls, 1);
      assertEqual(await textOf(pieces), 'aa');
    },
  },
  {
    title: 'from tells of a body that fails as of a client that has left',
    run: async () => {
      const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
      const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      const request = Request.from(new globalThis.Request('http://a/', init));
      assertEqual((await rejectionOf(request.text())) instanceof ClientDisconnected, true);
    },
  },
  {
    title: "from's signal aborts with ClientDisconnected",
    run: async () => {
      const controller = new AbortController();
      const request = Request.from(new globalThis.Request('http://a/', { signal: controller.signal }));
      const { signal } = request;
      assertEqual(
        [signal.aborted, signal === request.signal, await request.isDisconnected()],
        [false, true, false],
      );
      controller.abort();
      assertEqual(
        [signal.reason instanceof ClientDisconnected, await request.isDisconnected()],
        [true, true],
      );
    },
  },
  {
    title: 'a round trip through Fetch changes nothing',
    run: async () => {
      const request = post('application/json', ['{"a":', '1}'], { path: '/a//b', query: '?x=%00' });
      const back = Request.from(request.toWeb());
      assertEqual([back.method, back.url.href, back.path], [request.method, request.url.href, request.path]);
      assertEqual([...back.headers], [...request.headers]);
      assertEqual(await back.json(), { a: 1 });
    },
  },
];
