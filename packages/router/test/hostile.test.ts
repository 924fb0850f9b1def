import { type Convertor, Router } from '@pullo/router';
import { describe, expect, test } from 'vitest';

/** A router with a convertor that counts how often it is asked: what it costs is steps, not seconds. */
function countingRouter() {
  const counter = { steps: 0 };
  const any: Convertor = {
    pattern: /.*/s,
    parse(text) {
      counter.steps += 1;
      return text;
    },
  };
  return { router: new Router<string, { any: Convertor }>({ convertors: { any } }), counter };
}

function stepsOf({ router, counter }: ReturnType<typeof countingRouter>, path: string): number {
  counter.steps = 0;
  router.match('GET', path);
  return counter.steps;
}

describe('steps', () => {
  test('are as many as segments where routes differ at the end only', () => {
    const counting = countingRouter();
    for (const depth of [10, 20, 40]) {
      const params = Array.from({ length: depth }, (_, i) => `/:p${i}(any)`).join('');
      for (const end of ['x', 'y', 'z']) counting.router.add('GET', `${params}/${end}`, end);
      expect(stepsOf(counting, `${'/a'.repeat(depth)}/w`)).toBeLessThanOrEqual(depth + 1);
    }
  });

  test('are bounded by the places in the routes, however long the path is', () => {
    const counting = countingRouter();
    // Every way to have a static or a parameter at five places: 32 routes, 62 places.
    for (let bits = 0; bits < 32; bits++) {
      const segments = Array.from({ length: 5 }, (_, i) => ((bits >> i) & 1 ? `/:p${i}(any)` : '/a')).join(
        '',
      );
      counting.router.add('GET', `${segments}/x`, segments);
    }
    const steps = [6, 60, 600, 6_000].map((length) => stepsOf(counting, '/a'.repeat(length)));
    expect(Math.max(...steps)).toBeLessThanOrEqual(62);
    expect(new Set(steps).size).toBe(1);
  });

  test('in a mixed segment grow linearly with its length, up to the longest that is searched', () => {
    const counting = countingRouter();
    counting.router.add('GET', '/:a(any)-:b(any)-:c(any)x', 'value');
    const steps = [64, 128, 256].map((length) =>
      stepsOf(counting, `/${'a-'.repeat(length / 2)}`.slice(0, length + 1)),
    );
    // Three parameters among n places: n squared at most, not n to the third.
    for (const [i, length] of [64, 128, 256].entries()) expect(steps[i]).toBeLessThanOrEqual(length ** 2);
    expect(stepsOf(counting, `/${'a-'.repeat(32_768)}`)).toBe(0);
  });

  test('with one convertor in a mixed segment are one, of any length', () => {
    const counting = countingRouter();
    counting.router.add('GET', '/v:a(any).x', 'value');
    expect(stepsOf(counting, `/v${'1.x'.repeat(20_000)}`)).toBe(1);
  });

  test('grow linearly with the path where a rest takes it', () => {
    const counting = countingRouter();
    counting.router.add('GET', '/:a(any)/*', 'value');
    expect(stepsOf(counting, '/a'.repeat(10_000))).toBe(1);
  });
});

/** Inputs that have taken routers down. Each must be answered at all; vitest's time limit is the only clock. */
describe('answers', () => {
  const routers = {
    params: ['/:a/:b/:c/:d/x', '/:a/:b/:c/y', '/:a/b/:c/z', '/a/:b/c/:d/w', '/:a/*'],
    mixed: ['/:a-:b-:c-:d', '/:a.:b.:c', '/x:a-y', '/:a:b:c:d', '/:a-:b(int)', '/:a(slug)-:b(slug)!'],
    convertors: ['/:a(int)', '/:a(float)', '/:a(slug)', '/:a(uuid)', '/:a(a+)', '/:a'],
  };
  const paths = {
    '64 KiB of one segment': `/${'a'.repeat(65_536)}`,
    '64 KiB of separators': `/${'a-'.repeat(32_768)}`,
    '64 KiB of dots': `/${'a.'.repeat(32_768)}`,
    '64 KiB of digits': `/${'1'.repeat(65_536)}`,
    '64 KiB of hyphens': `/${'-'.repeat(65_536)}`,
    '64 KiB of escapes': `/${'%C3%A9'.repeat(10_000)}`,
    '64 KiB of broken escapes': `/${'%E4'.repeat(20_000)}`,
    '64 KiB of percent signs': `/${'%'.repeat(65_536)}`,
    '64 KiB of slashes': '/'.repeat(65_536),
    '10,000 segments': '/a'.repeat(10_000),
    '10,000 segments and a slash': `${'/a'.repeat(10_000)}/`,
  };
  for (const [kind, patterns] of Object.entries(routers)) {
    for (const [title, path] of Object.entries(paths)) {
      test(`${kind}: ${title}`, () => {
        for (const options of [{}, { caseSensitive: false, ignoreTrailingSlash: true }]) {
          const router = new Router<string>(options);
          for (const pattern of patterns) router.add('GET', pattern, pattern);
          const started = performance.now();
          for (let i = 0; i < 10; i++) router.match('GET', path);
          router.allowed(path);
          // Twelve lookups of 64 KiB: quadratic work would take minutes.
          expect(performance.now() - started).toBeLessThan(5_000);
        }
      });
    }
  }

  test('thousands of overlapping routes', () => {
    const router = new Router<string>();
    for (let bits = 0; bits < 4_096; bits++) {
      const pattern = Array.from({ length: 12 }, (_, i) => ((bits >> i) & 1 ? `/:p${i}` : '/a')).join('');
      router.add('GET', pattern, pattern);
    }
    expect(router.match('GET', '/a'.repeat(12))?.value).toBe('/a'.repeat(12));
    expect(router.match('GET', '/b'.repeat(12))?.value).toBe(
      Array.from({ length: 12 }, (_, i) => `/:p${i}`).join(''),
    );
    expect(router.match('GET', `${'/a'.repeat(12)}/`)).toBeUndefined();
  });

  test('patterns of 2,000 segments', () => {
    const router = new Router<string>();
    const params = Array.from({ length: 2_000 }, (_, i) => `/:p${i}`).join('');
    router.add('GET', params, 'params');
    router.add('GET', `${'/a'.repeat(2_000)}/*`, 'static');
    expect(router.match('GET', '/a'.repeat(2_000))?.value).toBe('params');
    expect(router.match('GET', '/a'.repeat(2_001))?.value).toBe('static');
  });

  test('routes that are replaced one by one', () => {
    const router = new Router<number>();
    for (let i = 0; i < 5_000; i++) router.add('GET', `/r${i}`, i);
    router.match('GET', '/r0');
    // Trees made anew for each of them would be 25,000,000 routes.
    for (let i = 0; i < 5_000; i++) {
      router.remove('GET', `/r${i}`);
      router.add('GET', `/r${i}`, -i);
    }
    expect(router.match('GET', '/r4999')?.value).toBe(-4_999);
  });

  test('methods that nobody registered leave nothing behind', () => {
    const router = new Router<string>();
    router.add('*', '/a', 'any');
    for (let i = 0; i < 1_000; i++) expect(router.match(`M${i}`, '/a')?.value).toBe('any');
    expect(router.allowed('/a')).toEqual(['*']);
  });
});
