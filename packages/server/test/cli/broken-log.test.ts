import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';

it.each([
  ['standard output', 'one process', []],
  ['standard output', 'workers', ['--workers', '2']],
  ['standard error', 'one process', []],
])(
  'a server whose %s nobody reads any more serves on, and stops as it is asked to (%s)',
  async (stream, _processes, args) => {
    const command = new Command(['run', 'hello', '--port', '0', ...args]);
    const url = await command.url();
    command.process[stream === 'standard output' ? 'stdout' : 'stderr']?.destroy();
    for (let i = 0; i < 6; i++) {
      const response = await fetch(url, { headers: { connection: 'close' } });
      expect(await response.text()).toBe('Hello from the state');
    }
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
    expect(command.stderr).not.toMatch(/EPIPE|ended with code/);
  },
);
