import { HTTPError, type HTTPErrorOptions, type ProblemDetails, Pullo } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, expectTypeOf, test } from 'vitest';

/** IANA's registry of status codes, and what stands for those that are not in it (RFC 9110, section 15). */
const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a Teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
};

const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);

function throwing(error: unknown): Pullo {
  return new Pullo().get('/', () => {
    throw error;
  });
}

test('every status from 400 to 599 is answered with its phrase, as text, as problem details and as a page', async () => {
  const app = new Pullo().get('/:status(int)', ({ params }) => {
    throw new HTTPError(params.status);
  });
  await using http = client(app, { raiseAppErrors: false, onError: () => {} });
  for (const status of statuses) {
    const phrase = PHRASES[status] ?? (status < 500 ? 'Client Error' : 'Server Error');
    expect(new HTTPError(status).message).toBe(`${status} ${phrase}`);
    const text = await http.get(`/${status}`);
    expect([text.status, await text.text()]).toEqual([status, `${status} ${phrase}\n`]);
    const json = await http.get(`/${status}`, { headers: { accept: 'application/json' } });
    expect([json.status, await json.json()]).toEqual([
      status,
      { type: 'about:blank', title: phrase, status },
    ]);
    const page = await http.get(`/${status}`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(status);
    expect(await page.text()).toContain(`<h1>${phrase.replace("'", '&#39;')}</h1>`);
  }
});

test.each([200, 399, 600, 404.5, Number.NaN])('HTTPError refuses the status %s', (status) => {
  expect(() => new HTTPError(status)).toThrow(RangeError);
});

test('a class of errors of its own has a name and a code of its own', () => {
  class NoSuchNote extends HTTPError {
    override readonly name = 'NoSuchNote';
    override readonly code = 'ERR_NO_SUCH_NOTE';

    constructor(id: number) {
      super(404, { detail: `There is no note ${id}.` });
    }
  }
  const error = new NoSuchNote(7);
  expect(String(error)).toBe('NoSuchNote: 404 Not Found: There is no note 7.');
  expect(error).toMatchObject({ status: 404, code: 'ERR_NO_SUCH_NOTE', detail: 'There is no note 7.' });
});

test('the cause is kept, and told to nobody', async () => {
  const cause = new Error('password=hunter2');
  const error = new HTTPError(409, { detail: 'Taken.', cause });
  expect(error.cause).toBe(cause);
  await using http = client(throwing(error));
  for (const accept of ['text/plain', 'text/html', 'application/json']) {
    expect(await (await http.get('/', { headers: { accept } })).text()).not.toContain('hunter2');
  }
});

describe('problem details', () => {
  // The example of RFC 9457, section 3.
  const outOfCredit: HTTPErrorOptions = {
    detail: 'Your current balance is 30, but that costs 50.',
    problem: {
      type: 'https://example.com/probs/out-of-credit',
      title: 'You do not have enough credit.',
      instance: '/account/12345/msgs/abc',
      balance: 30,
      accounts: ['/account/12345', '/account/67890'],
      missing: undefined,
    },
  };

  test('have a type, a title, an instance and members of their own', async () => {
    await using http = client(throwing(new HTTPError(403, outOfCredit)));
    const response = await http.get('/', { headers: { accept: 'application/problem+json' } });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'https://example.com/probs/out-of-credit',
      title: 'You do not have enough credit.',
      status: 403,
      detail: 'Your current balance is 30, but that costs 50.',
      instance: '/account/12345/msgs/abc',
      balance: 30,
      accounts: ['/account/12345', '/account/67890'],
    });
  });

  test('are lines of text', async () => {
    await using http = client(throwing(new HTTPError(403, outOfCredit)));
    expect(await (await http.get('/')).text()).toBe(
      [
        '403 You do not have enough credit.: Your current balance is 30, but that costs 50.',
        'type: https://example.com/probs/out-of-credit',
        'instance: /account/12345/msgs/abc',
        'balance: 30',
        'accounts: ["/account/12345","/account/67890"]',
        '',
      ].join('\n'),
    );
  });

  test('are a list on a page', async () => {
    await using http = client(throwing(new HTTPError(403, outOfCredit)));
    const page = await (await http.get('/', { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('<title>403 You do not have enough credit.</title>');
    expect(page).toContain('<p class="status">403 Forbidden</p>');
    expect(page).toContain('<dt>balance</dt><dd>30</dd>');
    expect(page).toContain('<a href="https://example.com/probs/out-of-credit">');
  });

  test('that hold a line end stay on one line of text', async () => {
    await using http = client(throwing(new HTTPError(400, { problem: { note: 'a\nstatus: 200' } })));
    expect(await (await http.get('/')).text()).toBe('400 Bad Request\nnote: "a\\nstatus: 200"\n');
  });

  test.each([
    ['the status', { status: 200 }, '"status" is no member of problem'],
    ['the detail', { detail: 'x' }, '"detail" is no member of problem'],
    ['a name that XML does not have', { '1st': 1 }, 'cannot be named "1st"'],
    ['an empty name', { '': 1 }, 'cannot be named ""'],
    ['a name with a line end', { 'a\nb': 1 }, 'cannot be named "a\\nb"'],
    ['a type that is no text', { type: 7 }, 'problem.type is text, not 7'],
    ['a title that is no text', { title: null }, 'problem.title is text, not null'],
  ])('refuse %s', (_title, problem, message) => {
    expect(() => new HTTPError(400, { problem: problem as ProblemDetails })).toThrow(message);
  });

  test('cannot say another status or detail by type', () => {
    // @ts-expect-error the status is the first argument
    expect(() => new HTTPError(400, { problem: { status: 200 } })).toThrow(TypeError);
    // @ts-expect-error a title is text
    expect(() => new HTTPError(400, { problem: { title: 7 } })).toThrow(TypeError);
    expectTypeOf<{ balance: number }>().toExtend<ProblemDetails>();
  });

  test('that JSON does not have are a 500', async () => {
    const errors: unknown[] = [];
    const http = client(throwing(new HTTPError(400, { problem: { count: 1n } })), {
      raiseAppErrors: false,
      onError: (error) => errors.push(error),
    });
    const response = await http.get('/', { headers: { accept: 'application/json' } });
    expect([response.status, await response.json()]).toEqual([
      500,
      { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    ]);
    await http.close();
    expect(errors).toEqual([expect.any(TypeError)]);
  });
});
