import { Router } from '@pullo/router';
import { type Case, equal, throws } from './assert.ts';

/** A pattern that is refused, how its message begins, and which of its characters have a caret under them. */
const table: readonly (readonly [pattern: string, problem: string, underlined: string])[] = [
  ['', 'No leading slash', ''],
  ['users', 'No leading slash', 'u'],
  ['*', 'No leading slash', '*'],
  ['/users/:id(itn)', 'Unknown convertor "itn"', 'itn'],
  ['/users/:id(constructor)', 'Unknown convertor "constructor"', 'constructor'],
  ['/:id(a|)(b)', 'A "("', '('],
  ['/:x([z-a])', 'Bad expression "[z-a]"', '[z-a]'],
  ['/:x(*)', 'Bad expression "*"', '*'],
  ['/:x(a(b))', 'A capturing group', '('],
  ['/:x(', 'An open parenthesis', '('],
  ['/:x([)]', 'An open parenthesis', '('],
  ['/:x()', 'Empty parentheses', '()'],
  ['/(x)', 'A "("', '('],
  ['/x)', 'A ")"', ')'],
  ['/:', 'No name after ":"', ':'],
  ['/:1', 'Bad name "1"', ':1'],
  ['/:/x', 'No name after ":"', ':'],
  ['/:é', 'Bad name "é"', ':é'],
  ['/:idé', 'Bad name "idé"', ':idé'],
  ['/*1', 'Bad name "1"', '*1'],
  ['/:a/:b/:a', 'The name "a" twice', ':a'],
  ['/:a-:a', 'The name "a" twice', ':a'],
  ['/:a/*a', 'The name "a" twice', '*a'],
  ['/*rest/x', 'A rest that is not the whole last segment', '*rest'],
  ['/:p(path)/x', 'A rest that is not the whole last segment', ':p(path)'],
  ['/a*', 'A rest that is not the whole last segment', 'a*'],
  ['/*rest.txt', 'A rest that is not the whole last segment', '*rest.txt'],
  ['/v:p(path)', 'A rest that is not the whole last segment', 'v:p(path)'],
  ['/:p(path)?', 'A "?"', '?'],
  ['/*rest?', 'A "?"', '?'],
  ['/*rest(int)', 'A "("', '('],
  ['/:a?/b', 'An optional parameter that is not the whole last segment', ':a?'],
  ['/v:a?', 'An optional parameter that is not the whole last segment', 'v:a?'],
  ['/:a.:b?', 'An optional parameter that is not the whole last segment', ':a.:b?'],
  ['/:a?.txt', 'An optional parameter that is not the whole last segment', ':a?.txt'],
  ['/a?', 'A "?"', '?'],
  ['/a?b=c', 'A "?"', '?'],
  ['/a#b', 'A "#"', '#'],
  ['/:a+', 'A "+"', '+'],
  ['/:a*', 'A rest that is not the whole last segment', ':a*'],
  ['/:a(x|y)*', 'A rest that is not the whole last segment', ':a(x|y)*'],
  ['/*+', 'A "+"', '+'],
  ['/{a}', 'A "{"', '{'],
  ['/a}', 'A "}"', '}'],
  ['/<int:a>', 'A "<"', '<'],
  ['/:a>', 'A ">"', '>'],
  ['/a+b', 'A "+"', '+'],
  ['/a\\', 'A "\\" that escapes nothing', '\\'],
  ['/a\\/b', 'A "\\" that escapes nothing', '\\/'],
  ['/%', 'Malformed escape "%"', '%'],
  ['/%zz', 'Malformed escape "%zz"', '%zz'],
  ['/%00', 'Malformed escape "%00"', '%00'],
  ['/a/../b', 'A dot segment', '..'],
  ['/./b', 'A dot segment', '.'],
  ['/%2e%2E/b', 'A dot segment', '%2e%2E'],
  ['/\ud800', 'A character that no URL can hold', '?'],
];

function underlinedIn(message: string): string {
  const [, shown = '', carets = ''] = message.split('\n');
  return shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1);
}

export const cases: readonly Case[] = [
  ...table.map(
    ([pattern, problem, underlined]): Case => ({
      title: `${JSON.stringify(pattern)} is refused: ${problem}`,
      run() {
        const { message } = throws(() => new Router().add('GET', pattern, 1), 'ERR_INVALID_PATTERN');
        const shown = JSON.stringify(pattern);
        if (!message.startsWith(`${problem} in ${shown}: `)) throw new Error(`the message is: ${message}`);
        equal(underlinedIn(message), underlined);
      },
    }),
  ),
  {
    title: 'Who writes a parameter as other routers do is told how it is written here',
    run() {
      equal(
        throws(() => new Router().add('GET', '/users/{id}', 1), 'ERR_INVALID_PATTERN').message.split('\n')[0],
        'A "{" in "/users/{id}": a parameter is written :name; write \\{ for the character.',
      );
    },
  },
  {
    title: 'A method in lower case is refused: it would match nothing',
    run() {
      equal(
        throws(() => new Router().add('get', '/', 1), 'ERR_INVALID_ARGUMENT').message,
        `Method "get" of "/" is not what clients send, as methods are case-sensitive: write 'GET'.`,
      );
      new Router().add('report', '/', 1);
    },
  },
  {
    title: 'The message for an unknown convertor says what is known and what to write',
    run() {
      const router = new Router<number>({ convertors: { hex: { pattern: /[0-9a-f]+/ } } });
      const pattern: string = '/users/:id(itn)';
      equal(
        throws(() => router.add('GET', pattern, 1), 'ERR_INVALID_PATTERN').message,
        'Unknown convertor "itn" in "/users/:id(itn)": known are int, float, uuid, slug, path, hex; ' +
          'add yours with convertors: { itn: ... }, or write ((?:itn)) for an expression.\n' +
          '  /users/:id(itn)\n' +
          '             ^^^',
      );
      router.add('GET', '/users/:id((?:itn))', 1);
      equal(router.match('GET', '/users/itn')?.value, 1);
    },
  },
  {
    title: 'The place in a long pattern is shown with what is near it',
    run() {
      const { message } = throws(
        () => new Router().add('GET', `/${'x'.repeat(500)}/:`, 1),
        'ERR_INVALID_PATTERN',
      );
      for (const line of message.split('\n').slice(1)) {
        if (line.length > 120) throw new Error(`a line of ${line.length} characters`);
      }
    },
  },
  ...(
    [
      ['/users/:id', '/users/:name'],
      ['/users/:id(int)', '/users/:n(int)'],
      ['/:x(a|b)', '/:y(a|b)'],
      ['/v:a.:b', '/v:c.:d'],
      ['/b/:x?', '/b/:y?'],
      ['/f/*', '/f/*rest'],
      ['/f/*rest', '/f/:p(path)'],
      ['/é', '/%c3%a9'],
      ['/a', '/%61'],
    ] as const
  ).map(
    ([first, second]): Case => ({
      title: `${second} is refused beside ${first}, and the error names both`,
      run() {
        const router = new Router<number>();
        const existing = router.add('GET', first as string, 1, { meta: { a: 1 } });
        const error = throws(() => router.add('GET', second as string, 2), 'ERR_ROUTE_CONFLICT');
        for (const each of [`"GET ${first}"`, `"GET ${second}"`]) {
          if (!error.message.includes(each)) throw new Error(`${each} is not in: ${error.message}`);
        }
        equal('existing' in error && error.existing === existing, true);
        equal(router.size, 1);
        router.add('POST', second as string, 3);
      },
    }),
  ),
  {
    title: 'A name of another pattern is refused, of the same pattern shared',
    run() {
      const router = new Router<number>();
      router.add('GET', '/a', 1, { name: 'a' });
      router.add('POST', '/a', 2, { name: 'a' });
      const { message } = throws(() => router.add('GET', '/b', 3, { name: 'a' }), 'ERR_ROUTE_NAME_TAKEN');
      if (!message.includes('"/a"') || !message.includes('"/b"')) throw new Error(message);
      equal(router.size, 2);
    },
  },
  {
    title: 'A method that is no token is refused',
    run() {
      for (const method of ['', 'GET POST', 'GET/', 'GÉT', '\n']) {
        throws(() => new Router().add(method, '/', 1), 'ERR_INVALID_ARGUMENT');
      }
    },
  },
  {
    title: 'A convertor that is none, or is named like a built-in one, is refused',
    run() {
      const convertors = (value: unknown) => ({ convertors: value as Record<string, { pattern: RegExp }> });
      throws(() => new Router(convertors({ x: {} })), 'ERR_INVALID_ARGUMENT');
      throws(() => new Router(convertors({ x: undefined })), 'ERR_INVALID_ARGUMENT');
      throws(() => new Router(convertors({ x: { pattern: 'a' } })), 'ERR_INVALID_ARGUMENT');
      throws(() => new Router(convertors({ int: { pattern: /a/ } })), 'ERR_INVALID_ARGUMENT');
      throws(() => new Router(convertors({ path: { pattern: /a/ } })), 'ERR_INVALID_ARGUMENT');
      throws(() => new Router(convertors({ 'a-b': { pattern: /a/ } })), 'ERR_INVALID_ARGUMENT');
    },
  },
];
