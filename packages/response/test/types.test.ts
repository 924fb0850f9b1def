import type { Readable } from 'node:stream';
import type { App, HeaderList, Headers } from '@pullo/asgi';
import {
  type Background,
  type Content,
  EventStreamResponse,
  JSONResponse,
  lastEventId,
  RedirectResponse,
  Response,
  type ServerSentEvent,
  Status,
  type StreamContent,
  TextResponse,
} from '@pullo/response';
import { type FileResponse, staticFiles } from '@pullo/response/file';
import { expectTypeOf, test } from 'vitest';

test('a response is an app', () => {
  expectTypeOf<TextResponse>().toExtend<App>();
  expectTypeOf<FileResponse>().toExtend<Response>();
  expectTypeOf(staticFiles).returns.toEqualTypeOf<App>();
});

test('content is what can be sent', () => {
  expectTypeOf<string>().toExtend<Content>();
  expectTypeOf<Uint8Array>().toExtend<Content>();
  expectTypeOf<Buffer>().toExtend<Content>();
  expectTypeOf<ArrayBuffer>().toExtend<Content>();
  expectTypeOf<Readable>().toExtend<Content>();
  expectTypeOf<ReadableStream<Uint8Array>>().toExtend<Content>();
  expectTypeOf<AsyncGenerator<string>>().toExtend<Content>();
  expectTypeOf<string[]>().toExtend<Content>();
  expectTypeOf<null>().toExtend<Content>();
  expectTypeOf<number>().not.toExtend<Content>();
  expectTypeOf<{ a: number }>().not.toExtend<Content>();
  expectTypeOf<number[]>().not.toExtend<Content>();
  expectTypeOf<undefined>().not.toExtend<Content>();
});

test('what a response has', () => {
  const response = new Response();
  expectTypeOf(response.headers).toEqualTypeOf<Headers>();
  expectTypeOf(response.headerList).toEqualTypeOf<HeaderList>();
  expectTypeOf(response.content).toEqualTypeOf<string | Uint8Array | StreamContent | null>();
  expectTypeOf(response.background).toEqualTypeOf<Background | undefined>();
  expectTypeOf(response.copy()).toEqualTypeOf<Response>();
  expectTypeOf(new TextResponse('').setCookie('a', 'b')).toEqualTypeOf<TextResponse>();
  expectTypeOf(Status.NotFound).toEqualTypeOf<404>();
  expectTypeOf(lastEventId).returns.toEqualTypeOf<string | null>();
});

test('what does not fit does not compile', () => {
  // @ts-expect-error a redirect has one of five statuses
  () => new RedirectResponse('/', { status: 200 });
  // @ts-expect-error a priority is one of three
  () => new Response().setCookie('a', 'b', { priority: 'urgent' });
  // @ts-expect-error there is no such option
  () => new Response('', { statusCode: 200 });
  () => new JSONResponse({ any: ['data', 1, null] });
});

test('events are typed by name', () => {
  type Events = ServerSentEvent<'price', number> | ServerSentEvent<'news', { title: string }>;
  async function* source(): AsyncGenerator<Events> {
    yield { event: 'price', data: 12 };
    yield { event: 'news', data: { title: 'x' } };
    // @ts-expect-error a price is a number
    yield { event: 'price', data: 'twelve' };
    // @ts-expect-error there is no such event
    yield { event: 'weather', data: 1 };
  }
  expectTypeOf(new EventStreamResponse(source())).toEqualTypeOf<EventStreamResponse<Events>>();
});
