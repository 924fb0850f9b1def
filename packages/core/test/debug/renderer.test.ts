import { type DebugRenderer, type Middleware, Pullo, TextResponse } from '@pullo/core';
import { debugPage } from '@pullo/core/debug';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

const html = { headers: { accept: 'text/html' } };
const quiet = { raiseAppErrors: false, onError: () => {} };

function failing(error: unknown, debug: DebugRenderer): Pullo {
  return new Pullo({ debug }).get('/:rest?', () => {
    throw error;
  });
}

describe('a renderer of one’s own', () => {
  test('is given the error, the context and the pipeline', async () => {
    const error = new Error('x');
    const app = failing(
      error,
      (failed) => new TextResponse(`${failed.error === error} ${failed.context.request.path}`),
    );
    await using http = client(app, quiet);
    expect(await (await http.get('/a')).text()).toBe('true /a');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('the renderer');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the renderer'))],
    ['returns nothing', () => undefined as never],
  ])('that %s leaves the plain answer, and both errors come out', async (_title, debug: DebugRenderer) => {
    const errors: unknown[] = [];
    const http = client(failing(new Error('first'), debug), {
      raiseAppErrors: false,
      onError: (error) => errors.push(error),
    });
    const response = await http.get('/');
    expect([response.status, await response.text()]).toEqual([500, '500 Internal Server Error\n']);
    await http.close();
    expect(errors).toEqual([expect.any(AggregateError)]);
    expect((errors[0] as AggregateError).errors).toHaveLength(2);
  });
});

describe('the pipeline', () => {
  const fail = () => {
    throw new Error('x');
  };
  const passing: Middleware = (_ctx, next) => next();
  const app = new Pullo({ debug: debugPage() })
    .use(function outer(_ctx, next) {
      return next();
    })
    .provide(function user() {
      return { user: 'Aino' };
    })
    .get('/handler', passing, fail)
    .get('/layer', passing, fail, () => 'never')
    .get(
      '/anonymous',
      (_ctx, next) => next(),
      () => fail(),
    )
    .group('/group', (group) =>
      group
        .use(async function after(_ctx, next) {
          await next();
          fail();
        })
        .get('/', () => 'replaced'),
    );

  test.each([
    ['/handler', ['outer', 'user', 'passing', 'fail (failed)']],
    ['/layer', ['outer', 'user', 'passing', 'fail (failed)', 'GET /layer']],
    ['/anonymous', ['outer', 'user', 'middleware', 'GET /anonymous (failed)']],
    ['/group', ['outer', 'user', 'after (failed)', 'GET /group']],
  ])('of %s is shown in order, and where it failed', async (path, steps) => {
    await using http = client(app, quiet);
    expect(await (await http.get(path)).text()).toContain(`\npipeline: ${steps.join(' > ')}\n`);
    const page = await (await http.get(path, html)).text();
    expect(page.match(/<li class="failed">/g)).toHaveLength(1);
  });

  test('is that of the app where no route has matched', async () => {
    const broken = new Pullo({ debug: debugPage() }).use(fail).get('/', () => 'never');
    await using http = client(broken, quiet);
    expect(await (await http.get('/nothing')).text()).toContain('\npipeline: fail (failed)\n');
  });
});

describe('a mounted app', () => {
  const failingAt = (message: string, debug?: DebugRenderer | false) =>
    new Pullo({ debug }).get('/', () => {
      throw new Error(message);
    });

  test.each([
    [
      'has the debug of the app it is mounted in',
      undefined,
      /^500 Internal Server Error\n\nError: from inside\n/,
    ],
    ['that says false has none', false, /^500 Internal Server Error\n$/],
  ] as const)('%s', async (_title, debug, text) => {
    const inner = failingAt('from inside', debug);
    const app = new Pullo({ debug: debugPage() }).mount('/outer', new Pullo().mount('/inner', inner));
    await using http = client(app, quiet);
    expect(await (await http.get('/outer/inner')).text()).toMatch(text);
  });

  test('does not show what an app beside it throws', async () => {
    const app = new Pullo().mount('/a', failingAt('a', debugPage())).mount('/b', failingAt('b'));
    await using http = client(app, quiet);
    expect(await (await http.get('/b')).text()).toBe('500 Internal Server Error\n');
  });
});
