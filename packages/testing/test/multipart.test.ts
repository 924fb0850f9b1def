import { Request } from '@pullo/request';
import { JSONResponse } from '@pullo/response';
import { AppDispatcher, client } from '@pullo/testing';
import { request, FormData as UndiciFormData } from 'undici';
import { expect, test } from 'vitest';
import { httpApp } from './support/apps.js';

/** Answers with the fields of the form it got, files with their names and types. */
const app = httpApp(async (scope, receive, send) => {
  const request = new Request(scope, receive);
  const fields: unknown[] = [];
  for (const [name, value] of await request.formData()) {
    fields.push(
      typeof value === 'string' ? [name, value] : [name, value.name, value.type, await value.text()],
    );
  }
  const length = request.headers.get('content-length');
  await new JSONResponse({ fields, hasLength: length !== null })(scope, receive, send);
});

function fill<Form extends Pick<FormData, 'append'>>(form: Form): Form {
  form.append('plain', 'value');
  form.append('two', '1');
  form.append('two', '2');
  form.append('lines', 'a\nb\r\nc\rd');
  form.append('odd "name"\n', 'ä');
  form.append('file', new File(['content'], 'a "b".txt', { type: 'text/x' }));
  form.append('blob', new Blob([new Uint8Array([104, 105])]), 'no-type');
  return form;
}

const expected = {
  fields: [
    ['plain', 'value'],
    ['two', '1'],
    ['two', '2'],
    ['lines', 'a\r\nb\r\nc\r\nd'],
    ['odd "name"\r\n', 'ä'],
    ['file', 'a "b".txt', 'text/x', 'content'],
    ['blob', 'no-type', 'application/octet-stream', 'hi'],
  ],
  hasLength: true,
};

test('a form of the platform arrives as it was filled', async () => {
  await using http = client(app);
  expect(await (await http.post('/', { body: fill(new FormData()) })).json()).toEqual(expected);
});

test('a form of undici arrives as it was filled', async () => {
  await using dispatcher = new AppDispatcher(app);
  const body = fill(new UndiciFormData() as unknown as FormData) as unknown as UndiciFormData;
  const response = await request('http://a/', { dispatcher, method: 'POST', body });
  expect(await response.body.json()).toEqual(expected);
});

test('a form that is an answer is read from it', async () => {
  await using http = client(
    httpApp(async (_scope, _receive, send) => {
      const form = new globalThis.Response(fill(new FormData()));
      send({ type: 'http.response.start', status: 200, headers: form.headers });
      await send({ type: 'http.response.body', body: new Uint8Array(await form.arrayBuffer()) });
    }),
  );
  const form = await (await http.get('/')).formData();
  expect(form.getAll('two')).toEqual(['1', '2']);
});
