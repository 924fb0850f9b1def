import { type ContextOf, type Middleware, PipelineError, Pullo } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

async function get(app: Pullo, path: string): Promise<string> {
  await using http = client(app);
  return (await http.get(path)).text();
}

describe('route()', () => {
  test('as a wrapper registers the function and hands it back', async () => {
    const app = new Pullo();
    const hello = app.route('/hello')(() => 'hi');
    expect(hello()).toBe('hi');
    expect(await get(app, '/hello')).toBe('hi');
  });

  test('registers a handler right away when it is given one', async () => {
    const app = new Pullo().route('/direct', () => 'direct');
    expect(await get(app, '/direct')).toBe('direct');
  });

  test('serves the methods that it is told, and GET otherwise', async () => {
    const app = new Pullo().route('/form', { methods: ['GET', 'POST'] }, ({ request }) => request.method);
    await using http = client(app);
    expect(await (await http.post('/form')).text()).toBe('POST');
    expect((await http.put('/form')).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
  });
});

test('a method that is listed twice is served once', async () => {
  const app = new Pullo().route('/', { methods: ['GET', 'GET'] }, () => 'once');
  expect(await get(app, '/')).toBe('once');
});

describe('route() as a decorator', () => {
  test('registers a method, bound to its instance, private fields included', async () => {
    const app = new Pullo();
    class Greetings {
      #greeting = 'Hei';

      @app.route('/greet/:name')
      greet({ params }: ContextOf<typeof app, '/greet/:name'>) {
        return `${this.#greeting}, ${params.name}!`;
      }
    }
    const greetings = new Greetings();
    expect(await get(app, '/greet/Aino')).toBe('Hei, Aino!');
    expect(greetings.greet({ params: { name: 'you' } } as never)).toBe('Hei, you!');
  });

  test('registers a static method when the class is defined', async () => {
    const app = new Pullo();
    // biome-ignore lint/complexity/noStaticOnlyClass: static methods can be decorated too
    class Status {
      static text = 'fine';

      @app.route('/status')
      static status() {
        return Status.text;
      }
    }
    expect(await get(app, '/status')).toBe(Status.text);
  });

  test('registers a private method', async () => {
    const app = new Pullo();
    class Secret {
      #answer = 42;

      @app.route('/secret')
      #tell() {
        return this.#answer;
      }

      told() {
        return this.#tell();
      }
    }
    expect(new Secret().told()).toBe(42);
    expect(await get(app, '/secret')).toBe('42');
  });

  test('a second instance is an error that names the class', () => {
    const app = new Pullo();
    class Once {
      @app.route('/once')
      once() {
        return 'once';
      }
    }
    new Once();
    expect(() => new Once()).toThrow(
      'The class Once has decorated routes, which its first instance has registered: make one instance only.',
    );
  });
});

const pass: Middleware = (_ctx, next) => next();

/** Each is a mistake that is told where it is made. */
const mistakes: readonly [title: string, make: () => unknown, message: RegExp][] = [
  [
    'a route without a handler',
    () => new Pullo().get('/', undefined as never),
    /The route GET "\/" has no handler: give a function or a Response, not undefined\./,
  ],
  [
    'an app in the place of a handler',
    () => new Pullo().get('/', new Pullo() as never),
    /The route GET "\/" was given a Pullo: an app is no handler\./,
  ],
  ['the same route twice', () => new Pullo().get('/a', () => 1).get('/a', () => 2), /\/a/],
  [
    'use() after a route',
    () =>
      new Pullo()
        .get('/a', () => 1)
        .use(function late(_ctx, next) {
          return next();
        }),
    /use\(late\) comes after the route GET \/a, which would go without it: move it before, or use with\(\)/,
  ],
  [
    'provide() after a group',
    () => new Pullo().group('/g', () => {}).provide(() => ({ a: 1 })),
    /comes after the group "\/g"/,
  ],
  [
    'a middleware that is none',
    () => new Pullo().use({} as never),
    /A middleware is a function \(ctx, next\), not an object/,
  ],
  [
    'a middleware that is an app',
    () => new Pullo().use(new Pullo() as never),
    /A middleware is a function \(ctx, next\), and a Pullo is an app, which takes \(scope, receive, send\)\./,
  ],
  [
    'a path before a middleware',
    () => new Pullo().use(...(['/x', () => {}] as unknown as [never])),
    /A middleware is a function \(ctx, next\), not the text "\/x"\./,
  ],
  [
    'a provider that is none',
    () => new Pullo().provide({ a: 1 } as never),
    /provide\(\) takes a function of ctx, not an object\./,
  ],
  [
    'a group without a function',
    () => new Pullo().group('/g', new Pullo().routes as never),
    /group\("\/g"\) takes a function that registers routes, not an Array\./,
  ],
  [
    'a middleware in the place of the handler',
    () =>
      new Pullo().get('/', function early(_ctx: unknown, next: () => string) {
        return next();
      } as never),
    /The route GET "\/" ends in a function \(early\) that takes \(ctx, next\), as a middleware does: give a handler after it\. If it is the handler, it takes ctx alone and returns the answer: there is no res\./,
  ],
  [
    'a middleware of Express',
    () =>
      new Pullo().use(function cors(_req: unknown, _res: unknown, next: () => void) {
        next();
      } as never),
    /A middleware is a function \(ctx, next\), and a function \(cors\) takes 3 parameters, as those of Express, \(req, res, next\), do/,
  ],
  [
    'an error handler of Express',
    () => new Pullo().onError(Error, ((_error: Error, _req: unknown, _res: unknown) => 'x') as never),
    /onError\(Error\) needs a function \(error, ctx\) that returns the answer, and .* takes 3 parameters\./,
  ],
  [
    'a group that is an app',
    () => new Pullo().group('/g', new Pullo() as never),
    /group\("\/g"\) takes a function that registers routes, not a Pullo: mount\("\/g", app\) takes an app\./,
  ],
  [
    'a group whose function returns another app',
    () => new Pullo().group('/g', () => new Pullo().get('/', () => 'lost')),
    /group\("\/g"\) was given a function that returns another app: register the routes on the group that it is given, or mount\("\/g", app\)\./,
  ],
  [
    'a path that is an expression',
    () => new Pullo().get(/x/ as never, () => ''),
    /The path of a route is a text, not a RegExp\./,
  ],
  [
    'several paths',
    () => new Pullo().get(['/a', '/b'] as never, () => ''),
    /The path of a route is a text, not an Array\./,
  ],
  [
    'an option of a route that there is none of',
    () => new Pullo().get('/', { nmae: 'home' } as never, () => ''),
    /The route GET "\/" has an unknown option "nmae": known are name, meta\./,
  ],
  [
    'methods of a verb',
    () => new Pullo().get('/', { methods: ['POST'] } as never, () => ''),
    /The route GET "\/" has an unknown option "methods"/,
  ],
  [
    'method in place of methods',
    () => new Pullo().route('/', { method: 'POST' } as never, () => ''),
    /The route GET "\/" has an unknown option "method"/,
  ],
  [
    'an option of an app that there is none of',
    () => new Pullo({ debgu: false } as never),
    /A Pullo has an unknown option "debgu": known are lifespan, convertors, request, onUnhandled, debug\./,
  ],
  [
    'options of an app that are none',
    () => new Pullo('app' as never),
    /A Pullo has options that are no object: the text "app"\./,
  ],
  [
    'options after a middleware',
    () => new Pullo().get('/', pass, {} as never, () => 'late'),
    /A middleware is a function \(ctx, next\), not an object\./,
  ],
  [
    'an app before the handler',
    () => new Pullo().get('/', new Pullo() as never, () => 'behind'),
    /A middleware is a function \(ctx, next\), and a Pullo is an app/,
  ],
  [
    'a route whose middleware stands in an array',
    () => new Pullo().get('/', [() => undefined] as never, () => 'x'),
    /The route GET "\/" has an array before its handler: give each middleware as an argument of its own\./,
  ],
  [
    'options that are none',
    () => new Pullo().post('/', 'name' as never, () => ''),
    /The route POST "\/" has options that are no object: the text "name"\./,
  ],
  [
    'route() with a handler that is missing',
    () => new Pullo().route('/', undefined as never),
    /The route GET "\/" has no handler: give a function or a Response, not undefined\./,
  ],
  [
    'route() with options and a handler that is missing',
    () => new Pullo().route('/', {}, undefined as never),
    /The route GET "\/" has no handler/,
  ],
  [
    'methods that are no list',
    () => new Pullo().route('/', { methods: 'POST' as never }, () => ''),
    /The methods of "\/" are a list of at least one, such as \['GET', 'POST'\], not the text "POST"\./,
  ],
  [
    'no methods',
    () => new Pullo().route('/', { methods: [] as never }, () => ''),
    /The methods of "\/" are a list of at least one, .* not an Array/,
  ],
  [
    'a method in lower case',
    () => new Pullo().route('/', { methods: ['get'] }, () => ''),
    /Methods are case-sensitive, and clients send GET, not get: correct it for "\/"\./,
  ],
  [
    'a decorator of the old kind',
    () => (new Pullo().route('/') as (...args: unknown[]) => unknown)({}, 'greet', {}),
    /route\(\) is an ECMAScript decorator, .* take experimentalDecorators out of the TypeScript options\./,
  ],
  [
    'a group prefix that ends with a slash',
    () => new Pullo().group('/g/', () => {}),
    /The prefix of a group begins with "\/" and does not end with it, unlike "\/g\/"/,
  ],
  [
    'two error handlers for a status',
    () => new Pullo().onError(404, () => '').onError(404, () => ''),
    /There is an error handler for 404 already/,
  ],
  [
    'two error handlers for a class',
    () => new Pullo().onError(TypeError, () => '').onError(TypeError, () => ''),
    /There is an error handler for TypeError already/,
  ],
  [
    'onError() without a class',
    () => new Pullo().onError(((_error: Error) => 'x') as never, undefined as never),
    /^onError takes a class of errors or a status from 400 to 599, .* not a function \(without a name\) first: onError\(Error, /,
  ],
  ['onError() for text', () => new Pullo().onError('404' as never, () => ''), /not the text "404" first/],
  ['onError() for a status of success', () => new Pullo().onError(200, () => ''), /not 200 first/],
  [
    'onError() without a handler',
    () => new Pullo().onError(404, undefined as never),
    /onError\(404\) needs a function \(error, ctx\) to call, not undefined/,
  ],
];

describe('a mistake in registering is an error at that place', () => {
  test.each(mistakes)('%s', (_title, make, message) => {
    expect(make).toThrow(message);
  });

  test('with a class of its own', () => {
    expect(() => new Pullo().use(1 as never)).toThrow(PipelineError);
  });
});
