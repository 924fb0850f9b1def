// The benchmarks' peers are not installed here, and no figure is worth anything beside other work: what is tested is that the servers without peers answer as
// each case of `bench/http` says, so that a change of Pullo's that the benchmark does not know is seen.
import { expect, test } from 'vitest';
import { execute, root } from './processes.js';

test('Pullo and bare Node answer the cases of the benchmark', { timeout: 120_000 }, async () => {
  const servers = '--only=Pullo,node:http,node:net';
  const cases = '--case=text,parameter,echo,layers,routes,small,unchanged';
  const args = ['bench/http/run.mjs', '--check', '--node=this', servers, cases];
  const output = await execute(process.execPath, args, { cwd: root });
  expect(output).toContain('text: as expected from 3 servers');
  expect(output).toContain('unchanged: as expected from 1 servers');
});
