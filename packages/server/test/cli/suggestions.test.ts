import { describe, expect, it } from 'vitest';
import { Command } from '../support/command.ts';

describe('a command line that is not understood ends with 1, and tells what was probably meant:', () => {
  it.each<[string, string, string]>([
    ['app.ts', "unknown command 'app.ts'", 'pullo run app.ts'],
    ['hello:app --port 3000', "unknown command 'hello:app'", 'pullo run hello:app --port 3000'],
    ['folder', "unknown command 'folder'", 'pullo run folder'],
    ['rnu app.ts', "unknown command 'rnu'", 'pullo run app.ts'],
    ['route app.ts --json', "unknown command 'route'", 'pullo routes app.ts --json'],
    ['serve app.ts', "unknown command 'serve'", 'pullo run app.ts'],
    ['watch app.ts', "unknown command 'watch'", 'pullo dev app.ts'],
    ['help', "unknown command 'help'", 'pullo --help'],
    ['--port 3000 app.ts', "unknown option '--port'", 'pullo run --port 3000 app.ts'],
    ['--prot 3000', "unknown option '--prot'", 'pullo run --port ...'],
    ['-v', "unknown option '-v'", '--version'],
    ['--hlep', "unknown option '--hlep'", '--help'],
    ['run app.ts --prot 3000', "unknown option '--prot'", '--port'],
    ['run app.ts -p 3000', "unknown option '-p'", '--port'],
    ['run app.ts --watch', "unknown option '--watch'", '--reload'],
    ['dev app.ts --ssl-keyfile=a.pem', "unknown option '--ssl-keyfile'", '--tls-key'],
  ])('pullo %s', async (line, problem, meant) => {
    const command = new Command(line.split(' '));
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(/\(see pullo (?:\w+ )?--help\)\n$/);
    expect(command.stderr).toContain(`error: ${problem}\n(Did you mean ${meant}?)\n`);
  });

  it.each([
    ['xyzzy', "unknown command 'xyzzy'"],
    ['routes app.ts -p 3000', "unknown option '-p'"],
    ['run one two', "too many arguments for 'run'. Expected 1 argument but got 2."],
  ])('nothing where nothing is near (pullo %s)', async (line, problem) => {
    const command = new Command(line.split(' '));
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(/^error: .*\n\(see pullo (?:\w+ )?--help\)\n$/);
    expect(command.stderr).toContain(problem);
  });

  it('an argument with spaces is quoted', async () => {
    const command = new Command(["my app's.ts"]);
    await command.exited;
    expect(command.stderr).toContain(String.raw`(Did you mean pullo run 'my app'\''s.ts'?)`);
  });
});

describe('a variable that is none of the options', () => {
  it.each([
    ['PULLO_PROT', 'PULLO_PORT'],
    ['pullo_port', 'PULLO_PORT'],
    ['PULLO_WORKER_TIMEOT', 'PULLO_WORKER_TIMEOUT'],
    ['PULLO_TRUSTED_PROXIES', 'PULLO_TRUSTED_PROXY'],
    ['PULLO_NO_ACCESS_LOG', 'PULLO_ACCESS_LOG=no'],
    ['PULLO_APPS', 'PULLO_APP'],
  ])('is told once at the start, with the one that it is near to: %s', async (name, meant) => {
    const command = new Command(['run', 'hello', '--port', '0', '--workers', '2'], { env: { [name]: '1' } });
    await command.url();
    expect(command.stderr.split('did you mean')).toHaveLength(2);
    expect(command.stderr).toMatch(
      new RegExp(`^WARNING: {2}${name} is not a variable of pullo's: did you mean ${meant}\\?\n`),
    );
  });

  it('is told where it stands in the file of variables', async () => {
    const command = new Command(['run', 'hello', '--port', '0'], { env: { PULLO_ENV_FILE: 'misspelt.env' } });
    await command.url();
    expect(command.stderr).toContain('did you mean PULLO_MAX_REQUESTS?');
  });

  it("may be the app's, and is then not told", async () => {
    const env = { PULLO_DATABASE: 'x', PULLO_WORKER_ID: '1', PULLO_APP: 'x', PULLO_PROT: '' };
    const command = new Command(['run', 'hello', '--port', '0'], { env });
    await command.url();
    expect(command.stderr).not.toContain('WARNING');
  });
});

describe('PULLO_HEADER', () => {
  it('has a field on each line, whose value may have commas', async () => {
    const env = { PULLO_HEADER: 'Cache-Control: no-store, private\n X-Frame-Options: DENY\n' };
    const command = new Command(['run', 'hello', '--port', '0'], { env });
    const { headers } = await fetch(await command.url());
    expect(headers.get('cache-control')).toBe('no-store, private');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it.each([
    ['--header', ['--header', 'X-Frame-Options DENY'], {}],
    ['PULLO_HEADER', [], { PULLO_HEADER: 'X-A: 1\nX-Frame-Options DENY' }],
  ])('is refused as %s if a line is no field', async (name, flags, env) => {
    const command = new Command(['run', 'hello', ...flags], { env });
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain(
      `error: ${name} must be a header field such as "X-Frame-Options: DENY", `,
    );
  });
});
