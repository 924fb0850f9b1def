import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientDisconnected } from '@pullo/asgi';
import type { Request } from '@pullo/request';
import { temporaryFiles } from '@pullo/request/files';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Chunk, post, type RequestParts } from './cases/make.ts';
import { chunksOf, multipart } from './cases/multipart.ts';

const TYPE = 'multipart/form-data; boundary=b';
const LIMIT = 1024;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pullo-test-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** What `/proc` says is open in this process, below the directory. A descriptor may close between being listed and being read. */
async function openFiles(): Promise<string[]> {
  const folder = `/proc/${process.pid}/fd`;
  const links = (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => ''));
  return (await Promise.all(links)).filter((path) => path.includes(directory));
}

const part = (name: string, content: string) =>
  [
    `Content-Disposition: form-data; name="${name}"; filename="${name}.txt"\r\nContent-Type: text/x`,
    content,
  ] as const;

function upload(chunks: readonly (Chunk | 'disconnect')[], parts: RequestParts = {}): Request {
  return post(TYPE, chunks, {
    files: temporaryFiles({ directory }),
    form: { maxFileMemoryBytes: LIMIT },
    ...parts,
  });
}

/** A content whose every place is told from its neighbours. */
function content(length: number): string {
  return Array.from({ length }, (_, at) => String.fromCharCode(32 + ((at * at) % 95))).join('');
}

describe.skipIf(process.platform !== 'linux')('temporaryFiles', () => {
  test('keeps a file up to the limit in memory and spills a larger one', async () => {
    await using request = upload([
      multipart(part('small', content(LIMIT)), part('large', content(LIMIT + 1))),
    ]);
    const form = await request.formData();
    expect(await openFiles()).toHaveLength(1);
    for (const [name, size] of [
      ['small', LIMIT],
      ['large', LIMIT + 1],
    ] as const) {
      const file = form.get(name);
      if (!(file instanceof File)) throw new Error(`${name} is no File`);
      expect([file.name, file.type, file.size]).toEqual([`${name}.txt`, 'text/x', size]);
      expect(await file.text()).toBe(content(size));
    }
  });

  test('a spilled file has no name that anybody could open', async () => {
    await using request = upload([multipart(part('f', content(5000)))]);
    await request.formData();
    expect(await readdir(directory)).toEqual([]);
    expect((await openFiles())[0]).toContain('(deleted)');
  });

  test('a spilled file reads like any other, whole, in slices and again', async () => {
    const text = content(200_000);
    await using request = upload(chunksOf(new TextEncoder().encode(multipart(part('f', text))), 1000));
    const file = (await request.formData()).get('f') as File;
    expect(await file.text()).toBe(text);
    expect(await new globalThis.Response(file.stream()).text()).toBe(text);
    expect(await new globalThis.Response(file).text()).toBe(text);
    expect(new TextDecoder().decode(await file.arrayBuffer())).toBe(text);
    expect(await file.slice(10, 20).text()).toBe(text.slice(10, 20));
    expect(await file.slice(-10, -5).text()).toBe(text.slice(-10, -5));
    expect(await file.slice(100, 50).text()).toBe('');
    expect(await file.slice(50).slice(5, 9).text()).toBe(text.slice(55, 59));
    expect(await file.slice(0.9, 20 / 3).text()).toBe(text.slice(0, 6));
    expect(await file.slice(-3.7).text()).toBe(text.slice(-3));
    expect(await file.slice(Number.NaN, Number.POSITIVE_INFINITY).text()).toBe(text);
    expect(file.slice(0, 1, 'a/b').type).toBe('a/b');
    expect(file.slice(0, 999_999).size).toBe(text.length);
  });

  test('an empty slice of a spilled file streams nothing', async () => {
    await using request = upload([multipart(part('f', content(5000)))]);
    const file = (await request.formData()).get('f') as File;
    expect(await new globalThis.Response(file.slice(5, 5).stream()).text()).toBe('');
  });

  test('files are gone when the request is disposed, and reading them says so', async () => {
    let file: File;
    {
      await using request = upload([multipart(part('f', content(5000)), part('g', content(5000)))]);
      file = (await request.formData()).get('f') as File;
      expect(await openFiles()).toHaveLength(2);
    }
    expect(await openFiles()).toEqual([]);
    await expect(file.text()).rejects.toMatchObject({ name: 'NotReadableError' });
    await expect(file.text()).rejects.toThrow('gone when their request is over');
  });

  test.each([
    [
      'a limit that is passed later',
      [multipart(part('f', content(5000)), part('g', content(9000)))],
      { form: { maxFileMemoryBytes: LIMIT, maxFileBytes: 8000 } },
      { status: 413 },
    ],
    ['a malformed part', [multipart(part('f', content(5000)), ['nonsense', ''])], {}, { status: 400 }],
    ['a body that is cut', [multipart(part('f', content(5000))).slice(0, 4000)], {}, { status: 400 }],
    [
      'a client that leaves',
      [multipart(part('f', content(5000))).slice(0, 4000), 'disconnect'],
      {},
      { code: new ClientDisconnected().code },
    ],
  ] as const)('files are gone at once after %s', async (_, chunks, parts, error) => {
    const request = upload(chunks, parts);
    await expect(request.formData()).rejects.toMatchObject(error);
    expect(await openFiles()).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('a file that is being received is gone when the request is disposed meanwhile', async () => {
    let proceed = () => {};
    const files = temporaryFiles({ directory });
    const slow = {
      open: async () => {
        await new Promise<void>((resolve) => {
          proceed = resolve;
        });
        return files.open();
      },
    };
    const request = upload([multipart(part('f', content(5000)))], { files: slow });
    const reading = request.formData();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await request[Symbol.asyncDispose]();
    proceed();
    await expect(reading).rejects.toThrow();
    expect(await openFiles()).toEqual([]);
  });

  test('the error of a directory that is not there reaches the caller', async () => {
    const files = temporaryFiles({ directory: join(directory, 'missing') });
    const request = upload([multipart(part('f', content(5000)))], { files });
    await expect(request.formData()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a platform whose FormData copies files is refused, as it would lose them', () => {
    class CopyingFormData extends FormData {
      override append(name: string, value: string | Blob): void {
        super.append(name, value instanceof File ? new File([value], value.name) : value);
      }
    }
    vi.stubGlobal('FormData', CopyingFormData);
    expect(() => temporaryFiles()).toThrow('does not work on this runtime');
    vi.unstubAllGlobals();
  });

  test('without a store a file over the limit is refused', async () => {
    const request = upload([multipart(part('f', content(5000)))], { files: undefined });
    await expect(request.formData()).rejects.toMatchObject({
      status: 413,
      limit: 'maxFileMemoryBytes',
      max: LIMIT,
    });
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('nothing is left in the directory after %s', async (signal) => {
    // Beside this file, so that the packages resolve.
    const child = spawn(process.execPath, ['--input-type=module'], {
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(childScript(JSON.stringify(directory)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const exited = new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
    child.kill(signal);
    expect(await exited).toBe(signal);
    expect(await readdir(directory)).toEqual([]);
  });
});

/** A program that has a spilled file open and says so. */
function childScript(directoryLiteral: string): string {
  return `
    import { Request } from '@pullo/request';
    import { temporaryFiles } from '@pullo/request/files';
    const body = new FormData();
    body.append('f', new File(['x'.repeat(3_000_000)], 'f'));
    const web = new globalThis.Request('http://a/', { method: 'POST', body });
    const request = Request.from(web, { files: temporaryFiles({ directory: ${directoryLiteral} }) });
    const form = await request.formData();
    console.log(form.get('f').size);
    setInterval(() => {}, 1000);
  `;
}
