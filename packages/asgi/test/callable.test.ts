import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import { type App, Callable, type Send } from '@pullo/asgi';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { cases, name } from './cases/callable.ts';

describe(name, () => {
  for (const { title, run } of cases) test(title, run);
});

describe('Callable on Node', () => {
  class Teapot extends Callable {
    protected handle(_scope: unknown, _receive: unknown, send: Send) {
      return send({ type: 'http.response.start', status: 418 });
    }
  }

  test('inspect and console.log show the name of the class', () => {
    expect(inspect(new Teapot())).toBe('[app Teapot]');
    expect(inspect({ app: new Teapot() })).toBe('{ app: [app Teapot] }');
  });

  test('it works where code from strings is forbidden, as under a strict Content-Security-Policy', () => {
    const program = `
      import { Callable } from '@pullo/asgi';
      class Hello extends Callable { handle() { console.log('called', String(this)); } }
      new Hello()();
      try { new Function('return 1'); } catch (error) { console.log(error.name); }
    `;
    const output = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program],
      { cwd: new URL('.', import.meta.url), encoding: 'utf8' },
    );
    expect(output).toBe('called [app Hello]\nEvalError\n');
  });

  test('an instance has the type of an app, and handle is not public', () => {
    expectTypeOf<Teapot>().toExtend<App>();
    expectTypeOf<keyof Teapot>().not.toEqualTypeOf<'handle'>();
    // @ts-expect-error handle is protected: call the instance
    expect(() => new Teapot().handle).not.toThrow();
    // @ts-expect-error Callable is abstract
    expect(() => new Callable()).not.toThrow();
  });
});
