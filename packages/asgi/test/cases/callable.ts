import { type App, Callable, type Receive, type Scope, type Send, validate } from '@pullo/asgi';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';
import { httpScope, play } from './script.ts';

class Greeting extends Callable {
  readonly whom: string;
  #count = 0;

  constructor(whom: string) {
    super();
    this.whom = whom;
  }

  get count(): number {
    return this.#count;
  }

  protected handle(scope: Scope, _receive: Receive, send: Send): void | Promise<void> {
    this.#count++;
    send({ type: 'http.response.start', status: 200 });
    return send({ type: 'http.response.body', body: `${scope.type}: hello ${this.whom}` });
  }
}

class LoudGreeting extends Greeting {
  protected override handle(scope: Scope, receive: Receive, send: Send): void | Promise<void> {
    return super.handle(scope, receive, (event) =>
      send(
        event.type === 'http.response.body' ? { ...event, body: String(event.body).toUpperCase() } : event,
      ),
    );
  }
}

async function bodyOf(app: App): Promise<unknown> {
  const { sent, error } = await play(validate(app));
  if (error !== undefined) throw error;
  return sent[1]?.type === 'http.response.body' ? sent[1].body : undefined;
}

export const name = 'Callable';
export const cases: readonly Case[] = [
  {
    title: 'an instance is a function that calls handle',
    run: async () => {
      const app = new Greeting('Aino');
      assertEqual(typeof app, 'function');
      assertEqual(await bodyOf(app), 'http: hello Aino');
    },
  },
  {
    title: 'it hands back what handle does: nothing stays nothing',
    run: () => {
      const receive: Receive = async () => ({ type: 'http.disconnect' });
      assertEqual(
        new Greeting('Aino')(httpScope(), receive, () => {}),
        undefined,
      );
    },
  },
  {
    title:
      'an instance is one of its class, its base and Function, with fields, getters and private state of its own',
    run: async () => {
      const [one, other] = [new Greeting('Aino'), new Greeting('Väinö')];
      await bodyOf(one);
      assertEqual([one.whom, one.count, other.whom, other.count], ['Aino', 1, 'Väinö', 0]);
      assertEqual(
        [one instanceof Greeting, one instanceof Callable, one instanceof Function],
        [true, true, true],
      );
      assertEqual(one.constructor === Greeting, true);
    },
  },
  {
    title: 'a subclass of a subclass works, super included',
    run: async () => {
      const app = new LoudGreeting('Aino');
      assertEqual(await bodyOf(app), 'HTTP: HELLO AINO');
      assertEqual([app instanceof LoudGreeting, app instanceof Greeting, app.count], [true, true, 1]);
    },
  },
  {
    title: 'call, apply and bind are there, and do not change whose handle it is',
    run: async () => {
      const app = new Greeting('Aino');
      const other = new Greeting('Väinö');
      assertEqual(await bodyOf((...args) => app.call(other, ...args)), 'http: hello Aino');
      assertEqual(await bodyOf((...args) => app.apply(other, args)), 'http: hello Aino');
      assertEqual(await bodyOf(app.bind(other)), 'http: hello Aino');
      assertEqual(await bodyOf(app), 'http: hello Aino');
      assertEqual([app.count, other.count], [4, 0]);
    },
  },
  {
    title: 'it prints with the name of its class, not as source code',
    run: () => {
      const app = new LoudGreeting('Aino');
      assertEqual(String(app), '[app LoudGreeting]');
      assertEqual(`${app}`, '[app LoudGreeting]');
      assertEqual(Object.prototype.toString.call(app), '[object LoudGreeting]');
    },
  },
  ...[(app: App) => app, (app: App) => ({ data: { app } }), (app: App) => [app]].map((wrap, index) => ({
    title: `JSON of an instance is refused ${['by itself', 'in an object', 'in an array'][index]}`,
    run: () => {
      const error = thrownBy(() => JSON.stringify(wrap(new Greeting('Aino'))));
      assertEqual(error instanceof TypeError, true);
      assertEqual(
        error.message,
        'Greeting is an app and has no JSON form: return it from a handler or call it, but do not put it into data.',
      );
    },
  })),
];
