import { createHash } from 'node:crypto';
import { type DebugRenderer, HTTPError, Pullo } from '@pullo/core';
import { DebugInProduction, debugPage } from '@pullo/core/debug';
import { client } from '@pullo/testing';
import { describe, expect, test, vi } from 'vitest';

const attack = `<script>alert(1)</script>"'&`;
const html = { headers: { accept: 'text/html' } };
const json = { headers: { accept: 'application/json' } };
/** Not written out: the page shows the source of this file. */
const secret = ['sword', 'fish'].join('');
const passwd = ['root', ''].join(':');
const quiet = { raiseAppErrors: false, onError: () => {} };

function failing(error: unknown, debug: DebugRenderer | false | undefined = debugPage()): Pullo {
  return new Pullo({ debug }).get('/:rest?', function handler() {
    throw error;
  });
}

async function shown(error: unknown, options = html, path = '/'): Promise<string> {
  await using http = client(failing(error), quiet);
  return (await http.get(path, options)).text();
}

describe('nothing of an unexpected error is shown', () => {
  const unexpected = new Error('hunter2');

  test.each([
    ['text', 'text/plain', '500 Internal Server Error\n'],
    [
      'problem details',
      'application/json',
      '{"type":"about:blank","title":"Internal Server Error","status":500}',
    ],
    ['a page', 'text/html', undefined],
  ])('as %s by an app without debug', async (_title, accept, exact) => {
    const app = new Pullo().get('/', () => {
      throw unexpected;
    });
    await using http = client(app, quiet);
    const text = await (await http.get('/', { headers: { accept } })).text();
    if (exact !== undefined) expect(text).toBe(exact);
    expect(text).not.toMatch(/hunter2|debug-page\.test|\bat /);
  });

  test('where debug is false', async () => {
    await using http = client(failing(unexpected, false), quiet);
    expect(await (await http.get('/')).text()).toBe('500 Internal Server Error\n');
  });

  test('in production, where it refuses to be made', () => {
    vi.stubEnv('NODE_ENV', 'production');
    try {
      expect(() => debugPage()).toThrow(DebugInProduction);
      expect(() => debugPage()).toThrow('NODE_ENV is "production"');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('errors that are answers stay as they are', () => {
  test.each([
    ['an HTTPError of the client', new HTTPError(404), '404 Not Found\n'],
    ['an error that a handler takes', new RangeError('x'), 'handled'],
  ])('%s', async (_title, error, text) => {
    await using http = client(failing(error).onError(RangeError, () => 'handled'));
    expect(await (await http.get('/')).text()).toBe(text);
  });

  test('a path that matches nothing', async () => {
    await using http = client(failing(new Error('x')));
    expect(await (await http.get('/a/b')).text()).toBe('404 Not Found\n');
  });
});

describe('an unexpected error', () => {
  test('still comes out of the app, with its status and its headers', async () => {
    const error = new HTTPError(503, { detail: 'Soon.', headers: { 'retry-after': '9' } });
    const errors: unknown[] = [];
    const http = client(failing(error), { raiseAppErrors: false, onError: (thrown) => errors.push(thrown) });
    const response = await http.get('/', html);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '9']);
    await http.close();
    expect(errors).toEqual([error]);
  });

  test('is shown with its class, code and message, and the source of the line that threw it', async () => {
    class NoSuchTable extends Error {
      readonly code = 'ERR_NO_SUCH_TABLE';
    }
    const page = await shown(new NoSuchTable('Where is "notes"?')); // the line itself
    expect(page).toContain('<h1>NoSuchTable (ERR_NO_SUCH_TABLE)</h1>');
    expect(page).toContain('<p class="message">Where is &quot;notes&quot;?</p>');
    expect(page).toMatch(
      /<span class="hit" aria-current="true"><i>\d+<\/i> {4}const page = await shown\(new NoSuchTable.*the line itself<\/span>/,
    );
  });

  test('is shown with its causes and the errors that it has gathered, each once', async () => {
    const root = new TypeError('the root');
    const cyclic = new Error('a cycle', { cause: root });
    root.cause = cyclic;
    const page = await shown(
      new AggregateError([new RangeError('the first'), cyclic, 'just text'], 'all of them'),
    );
    const order = [
      'all of them',
      'RangeError</b>: the first',
      '</b>: a cycle',
      'TypeError</b>: the root',
      'the text &quot;just text&quot;',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(page.split('</b>: a cycle')).toHaveLength(2);
    expect(page.split('<h2>One of its errors</h2>')).toHaveLength(4);
  });

  test('with a message of megabytes is cut', async () => {
    const page = await shown(new Error('x'.repeat(5_000_000)));
    expect(page.length).toBeLessThan(100_000);
  });

  test('that cannot be looked at leaves the answer that there is without, and no rejection that nobody handles', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const hostile = new Proxy(new Error('x'), {
      get() {
        throw new Error('It is a trap.');
      },
    });
    const page = await shown(hostile);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);
    expect(page).toContain('<h1>Internal Server Error</h1>');
    expect(unhandled).toEqual([]);
  });

  test('that has gathered thousands is cut', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => new Error(`number ${index}`));
    const page = await shown(new AggregateError(many, 'many'));
    expect(page).toContain('number 10<');
    expect(page).not.toContain('number 11<');
  });

  test.each([
    ['text', 'just text', 'PipelineError'],
    ['an object', { reason: 'odd' }, 'an object'],
    ['an error without a stack', Object.assign(new Error('bare'), { stack: undefined }), 'bare'],
    ['an error with a stack that is none', Object.assign(new Error('bare'), { stack: 7 }), 'bare'],
  ])('that is %s is shown too', async (_title, thrown, text) => {
    expect(await shown(thrown)).toContain(text);
  });

  test('has the frames of packages folded', async () => {
    const page = await shown(new Error('x'));
    expect(page).toMatch(/<details class="packages"><summary>\d+ frames? of packages and Node<\/summary>/);
  });

  test('of HEAD has the fields of the page', async () => {
    await using http = client(failing(new Error('x')), quiet);
    const head = await http.head('/', html);
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      500,
      'text/html; charset=utf-8',
      '',
    ]);
  });
});

describe('the request', () => {
  test('is shown with its route, its parameters and what was provided, by name', async () => {
    const app = new Pullo({ debug: debugPage() })
      .provide(() => ({ user: secret }))
      .post('/notes/:id(int)', { name: 'note' }, () => {
        throw new Error('x');
      });
    await using http = client(app, quiet);
    const page = await (await http.post('/notes/7?page=2', html)).text();
    expect(page).toContain('<b>POST</b> <span class="mono">/notes/7</span>');
    for (const [name, value] of [
      ['route', 'POST /notes/:id(int)'],
      ['route name', 'note'],
      ['params.id', '7'],
      ['page', '2'],
      ['accept', 'text/html'],
      ['user', 'value not shown'],
      ['Node', process.version],
    ]) {
      expect(page).toContain(`<dt>${name}</dt><dd>${value}</dd>`);
    }
    expect(page).not.toContain(secret);
  });

  test.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'X-Auth-Token',
    'x-amz-security-token',
    'x-csrf-token',
    'x-hub-signature',
    'x-session-id',
    'x-internal-thing',
  ])('has the header %s hidden, in every form', async (name) => {
    await using http = client(failing(new Error('x'), debugPage({ hide: [/internal/] })), quiet);
    for (const accept of ['text/html', 'application/json', 'text/plain']) {
      const text = await (await http.get('/', { headers: { accept, [name]: secret } })).text();
      expect(text).not.toContain(secret);
    }
    const page = await (await http.get('/', { headers: { accept: 'text/html', [name]: secret } })).text();
    expect(page).toContain(`<dt>${name.toLowerCase()}</dt><dd>(hidden)</dd>`);
  });

  test.each([
    ['token', true],
    ['access_token', true],
    ['refreshToken', true],
    ['key', true],
    ['apiKey', true],
    ['sharedKey', true],
    ['password', true],
    ['client_secret', true],
    ['code', true],
    ['sig', true],
    ['Ticket', true],
    ['monkey', false],
    ['postcode', false],
    ['page', false],
  ])('has the parameter %s of its query hidden: %s', async (name, isHidden) => {
    await using http = client(failing(new Error('x'), debugPage({ hide: ['ticket'] })), quiet);
    const page = await (await http.get(`/?${name}=${secret}`, html)).text();
    expect(page).toContain(`<dt>${name}</dt><dd>${isHidden ? '(hidden)' : secret}</dd>`);
  });

  test('has its path hidden where a parameter of it is a secret, in every form', async () => {
    const app = new Pullo({ debug: debugPage() }).get('/reset/:token', () => {
      throw new Error('x');
    });
    await using http = client(app, quiet);
    for (const accept of ['text/html', 'application/json', 'text/plain']) {
      const text = await (await http.get(`/reset/${secret}`, { headers: { accept } })).text();
      expect(text).not.toContain(secret);
    }
    expect(await (await http.get(`/reset/${secret}`, html)).text()).toContain(
      '<span class="mono">/reset/:token</span>',
    );
  });

  test('has the query of its referrer hidden', async () => {
    await using http = client(failing(new Error('x')), quiet);
    const headers = { accept: 'text/html', referer: `https://example.com/reset?t=${secret}` };
    expect(await (await http.get('/', { headers })).text()).toContain(
      '<dd>https://example.com/reset?(hidden)</dd>',
    );
  });
});

describe('what an attacker sends', () => {
  test.each([
    ['a message', () => shown(new Error(attack))],
    ['a name', () => shown(Object.assign(new Error('x'), { name: attack }))],
    ['a code', () => shown(Object.assign(new Error('x'), { code: attack }))],
    ['the message of a cause', () => shown(new Error('x', { cause: new Error(attack) }))],
    ['a cause that is text', () => shown(new Error('x', { cause: attack }))],
    ['a path', () => shown(new Error('x'), html, `/${attack.replace('/', '')}`)],
    [
      'a query',
      () => shown(new Error('x'), html, `/?${encodeURIComponent(attack)}=${encodeURIComponent(attack)}`),
    ],
    [
      'a header',
      () => shown(new Error('x'), { headers: { accept: 'text/html', 'user-agent': attack } as never }),
    ],
    [
      'a function name',
      () =>
        shown(Object.assign(new Error('x'), { stack: `Error: x\n    at ${attack} (/tmp/${attack}.ts:1:1)` })),
    ],
  ])('is text: %s', async (_title, show) => {
    const page = await show();
    expect(page).not.toContain('<script');
    expect(page).toContain('alert(1)');
  });

  test('cannot make the page read a file by lines of a message that look like a stack', async () => {
    const file = import.meta.filename;
    const page = await shown(
      new Error(`not found\n    at leak (${file}:1:1)\n    at leak (/etc/passwd:1:1)`),
    );
    expect(page).not.toContain(passwd);
    expect(page).not.toMatch(/<code>leak/);
  });

  test('cannot make it read what is no source, whatever the stack says', async () => {
    const forged = Object.assign(new Error('x'), { stack: 'Error: y\n    at leak (/etc/passwd:1:1)' });
    expect(await shown(forged)).not.toContain(passwd);
  });
});

describe('the forms', () => {
  test('are a page that may load its own style and nothing else, and that nobody keeps', async () => {
    await using http = client(failing(new Error('x')), quiet);
    const response = await http.get('/', html);
    const page = await response.text();
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Accept');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=|src=/);
  });

  test('are problem details with the trace as members', async () => {
    await using http = client(failing(new Error('outer', { cause: new TypeError('inner') })), quiet);
    const response = await http.get('/', json);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'outer',
      exception: {
        name: 'Error',
        message: 'outer',
        stack: expect.arrayContaining([expect.stringContaining('debug-page.test.ts:')]),
      },
      causes: [{ relation: 'cause', name: 'TypeError', message: 'inner' }],
      facts: { route: 'GET /:rest?' },
    });
  });

  test('are text for everybody else', async () => {
    await using http = client(failing(new Error('outer', { cause: new TypeError('inner') })), quiet);
    const response = await http.get('/');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toMatch(
      /^500 Internal Server Error\n\nError: outer\n {4}at .*debug-page\.test\.ts:\d+:\d+.*\n(?:.*\n)*Caused by: TypeError: inner\n/,
    );
  });
});
