import { type App, ContractViolation, type ReceiveEvent, type Send, validate } from '@pullo/asgi';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { httpScope, play } from './cases/script.ts';
import * as appRules from './cases/validate-app-rules.ts';
import * as checklist from './cases/validate-checklist.ts';
import * as httpRules from './cases/validate-http-rules.ts';
import * as legal from './cases/validate-legal.ts';
import * as scopes from './cases/validate-scopes.ts';
import * as serverRules from './cases/validate-server-rules.ts';

for (const { name, cases } of [checklist, httpRules, appRules, serverRules, legal, scopes]) {
  describe(name, () => {
    for (const { title, run } of cases) test(title, run);
  });
}

describe('how a breach is reported', () => {
  const wrong = { type: 'http.response.body' } as const;
  const answer: App = (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    send({ type: 'http.response.body' });
  };

  test('send rejects with a ContractViolation of the app, and does not throw', async () => {
    const rejections: unknown[] = [];
    const { error, sent } = await play(
      validate(async (scope, receive, send) => {
        await Promise.resolve(send(wrong)).catch((error: unknown) => rejections.push(error));
        await answer(scope, receive, send);
      }),
    );
    expect(rejections).toEqual([error]);
    expect(error).toBeInstanceOf(ContractViolation);
    expect(error).toMatchObject({ name: 'ContractViolation', code: 'ERR_CONTRACT_VIOLATION', side: 'app' });
    expect(sent.map((event) => event.type)).toEqual(['http.response.start', 'http.response.body']);
  });

  test('a rejection that nobody awaits is not an unhandled one, but what the app throws', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { error, isAsync } = await play(
      validate((scope, receive, send) => {
        send(wrong);
        return answer(scope, receive, send);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', unhandled);
    expect(error).toBeInstanceOf(ContractViolation);
    expect(isAsync).toBe(false);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('the first breach wins over later ones and over what the app throws', async () => {
    const { error } = await play(
      validate(async (_scope, _receive, send) => {
        send(wrong);
        send({ type: 'http.response.start', status: 7 });
        throw new Error('later');
      }),
    );
    expect(String(error)).toContain('before http.response.start');
  });

  test('a wrong event rejects receive, and is what the app throws even if it catches that', async () => {
    const rejections: unknown[] = [];
    const { error } = await play(
      validate(async (scope, receive, send) => {
        await receive().catch((error: unknown) => rejections.push(error));
        await answer(scope, receive, send);
      }),
      { events: [{ type: 'http.requests' }] },
    );
    expect(rejections).toEqual([error]);
    expect(error).toMatchObject({ side: 'server' });
  });

  test('a wrong scope throws before the app is called', () => {
    const app = vi.fn();
    const call = () =>
      validate(app)(
        httpScope({ path: 'x' }),
        async () => ({ type: 'http.disconnect' }),
        () => {},
      );
    expect(call).toThrow(ContractViolation);
    expect(app).not.toHaveBeenCalled();
  });

  test("the server's own error is the cause when its send throws", async () => {
    const cause = new Error('socket');
    const { error } = await play(validate(answer), {
      send: () => {
        throw cause;
      },
    });
    expect(error).toMatchObject({ side: 'server', cause });
  });

  test("the server's rejections reach the app as they are", async () => {
    const refusal = new Error('413');
    const rejections: unknown[] = [];
    const app: App = async (scope, receive, send) => {
      await receive().catch((error: unknown) => rejections.push(error));
      await answer(scope, receive, send);
    };
    await validate(app)(
      httpScope(),
      () => Promise.reject(refusal),
      () => {},
    );
    expect(rejections).toEqual([refusal]);
  });

  test('a receive that nobody awaits and the server rejects is not an unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const app: App = (scope, receive, send) => {
      receive();
      return answer(scope, receive, send);
    };
    await validate(app)(
      httpScope(),
      () => Promise.reject(new Error('413')),
      () => {},
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('an error out of a generator of headers is the one that the app throws', async () => {
    const error = new Error('no headers today');
    const app: App = (_scope, _receive, send) => {
      send({
        type: 'http.response.start',
        status: 200,
        // biome-ignore lint/correctness/useYield: it throws before its first
        headers: (function* (): Generator<[string, string]> {
          throw error;
        })(),
      });
    };
    expect((await play(validate(app))).error).toBe(error);
  });

  test('the signal of the exchange is not read for an app that finishes', async () => {
    const read = vi.fn();
    const exchange = {
      get signal() {
        read();
        return new AbortController().signal;
      },
    };
    const { error } = await play(validate(answer), { scope: httpScope({ exchange }) });
    expect(error).toBeUndefined();
    expect(read).not.toHaveBeenCalled();
  });

  test('the app gets the very scope that the server made', async () => {
    const scope = httpScope();
    const seen: unknown[] = [];
    await play(
      validate((given, receive, send) => {
        seen.push(given);
        return answer(given, receive, send);
      }),
      { scope },
    );
    expect(seen[0]).toBe(scope);
  });

  test('what is not an app is refused when it is wrapped', () => {
    const notAnApp = { fetch() {} } as unknown as App;
    expect(() => validate(notAnApp)).toThrow(
      'validate() needs an app, a function (scope, receive, send), but was given an object.',
    );
  });

  test('its types are those of an app', () => {
    expectTypeOf(validate).toEqualTypeOf<(app: App) => App>();
    expectTypeOf<Parameters<Send>[0]>().not.toExtend<ReceiveEvent>();
    expectTypeOf<ContractViolation['side']>().toEqualTypeOf<'app' | 'server'>();
  });
});
