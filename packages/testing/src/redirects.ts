import { HeaderList } from '@pullo/asgi';
import type { ClientResponse } from './client-response.js';
import type { RequestOptions } from './request-options.js';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LIMIT = 20;
const REPLAYABLE = new Set(['string', 'undefined']);

/** The fields that tell of a body, and go with it. */
const BODY_FIELDS = ['content-encoding', 'content-language', 'content-location', 'content-type'];

type Send = (method: string, path: string, options: RequestOptions) => Promise<ClientResponse>;

/**
 * Sends a request and follows the redirects, by the rules of
 * {@link https://fetch.spec.whatwg.org/#http-redirect-fetch | Fetch}: 303, and 301 and 302 of a POST, go on with GET and no body.
 * A redirect to another origin is the answer: a test must not wander off, nor take its credentials there.
 */
export async function followRedirects(
  send: Send,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<ClientResponse> {
  let response = await send(method, path, options);
  let next = { method, options };
  for (let count = 0; REDIRECTS.has(response.status); count++) {
    const location = response.headers.get('location');
    if (location === null) return response;
    if (count === LIMIT)
      throw new Error(`More than ${LIMIT} redirects, the last to ${JSON.stringify(location)}.`);
    if (!URL.canParse(location, response.url))
      throw new Error(
        `The ${response.status} redirect goes to ${JSON.stringify(location)}, which is no URL.`,
      );
    const target = new URL(location, response.url);
    if (target.origin !== new URL(response.url).origin) return response;
    await response.bytes();
    next = nextStep(response, next.method, next.options);
    response = await send(next.method, target.href, next.options);
  }
  return response;
}

function nextStep(response: ClientResponse, method: string, options: RequestOptions) {
  const { json, form, body, query, ...rest } = options;
  const becomesGet =
    (response.status === 303 && method !== 'HEAD') || (response.status < 303 && method === 'POST');
  if (becomesGet) return { method: 'GET', options: { ...rest, headers: withoutBodyFields(rest.headers) } };
  if (!isReplayable(body)) {
    throw new TypeError(
      `The ${response.status} redirect asks for the body again, but a stream can be sent only once.`,
    );
  }
  return { method, options: { ...rest, json, form, body } as RequestOptions };
}

function withoutBodyFields(headers: RequestOptions['headers']): HeaderList {
  const list = new HeaderList(headers);
  for (const name of BODY_FIELDS) list.delete(name);
  return list;
}

function isReplayable(body: unknown): boolean {
  if (body === null || REPLAYABLE.has(typeof body) || ArrayBuffer.isView(body)) return true;
  return (
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}
