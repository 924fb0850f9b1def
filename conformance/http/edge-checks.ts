import { assertEqual, type Case } from '../assert.ts';
import { Exchange } from './exchange.ts';
import type { HostProcess } from './host-process.ts';

/** Asks examples/edge. A Worker is given the greeting by its configuration. */
export function edgeChecksOf(host: HostProcess, runtime: string): readonly Case[] {
  const get = async (path: string) => (await new Exchange(host.port, path).send().answer()).text;
  return [
    {
      title: 'greets as it was configured',
      run: async () => {
        const greeting = runtime === 'workerd' ? 'Hej' : 'Hello';
        assertEqual(await get('/'), `${greeting} from the edge!\n`);
      },
    },
    {
      title: 'counts after it has answered',
      run: async () => {
        assertEqual(await get('/pages/tea'), 'This is the page tea.\n');
        while ((await get('/visits')) !== '{"tea":1}')
          await new Promise((resolve) => setTimeout(resolve, 10));
      },
    },
    {
      title: 'answers each piece as it comes',
      run: async () => {
        const exchange = new Exchange(host.port, '/upper', { method: 'POST' });
        exchange.request.write('hej ');
        const pieces = (await exchange.response)[Symbol.asyncIterator]();
        assertEqual(String((await pieces.next()).value), 'HEJ ');
        exchange.request.end('då');
        assertEqual(String((await pieces.next()).value), 'DÅ');
      },
    },
    {
      title: 'hands a prefix to a handler of Fetch',
      run: async () => assertEqual(await get('/legacy/a?b'), 'legacy /a\n'),
    },
  ];
}
