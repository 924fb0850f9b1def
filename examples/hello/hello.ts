import { type ContextOf, Pullo } from '@pullo/core';

const app = new Pullo();

app.get('/', () => 'Saying hi from home.');

// the same as a registering wrapper, which hands the function back ...
export const hello = app.route('/hello')(async () => 'Saying hi from hello.');

// ... and as an ECMAScript decorator on a method
class Greetings {
  @app.route('/greet/:name')
  async greet({ params }: ContextOf<typeof app, '/greet/:name'>) {
    return `Hei, ${params.name}!`;
  }
}
new Greetings();

export default app;
