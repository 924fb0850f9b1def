import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Server, serve } from '@pullo/server';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { PASSWORD, temporaryDirectory } from './support.ts';

/** Chromium as Debian has it (`apt-get install chromium`), or the one that the variable names. */
const executablePath = process.env.PULLO_CHROMIUM ?? '/usr/bin/chromium';
const MiB = 1024 * 1024;

const directory = temporaryDirectory();
let server: Server;
let browser: Browser;
let aino: Page;
/** What pages have complained of: scripts that failed, and what the policy has kept from them. */
const complaints: string[] = [];

beforeAll(async () => {
  server = await serve(createApp({ data: join(directory.path, 'data') }), { port: 0, logLevel: 'silent' });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  aino = await (await person()).newPage();
  await signUp(aino, 'aino');
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  directory[Symbol.dispose]();
});

/** Somebody at a browser of their own. */
async function person(options: { javaScriptEnabled?: boolean } = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  context.setDefaultTimeout(8000);
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    // Pages of status 422 or 404 are among what is tested.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  context.on('dialog', (dialog) => complaints.push(`A script has run: ${dialog.message()}`));
  return context;
}

/** Makes an account without a page. That the page makes one too is a test of its own. */
async function signUp(page: Page, name: string): Promise<void> {
  const form = { name, password: PASSWORD };
  const response = await page.context().request.post('/sign-up', { form, maxRedirects: 0 });
  expect(response.status()).toBe(303);
}

/** Writes a note by hand and returns its path. */
async function write(page: Page, title: string, body: string): Promise<string> {
  await page.goto('/notes/new');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text').fill(body);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  return new URL(page.url()).pathname;
}

describe('an account', () => {
  test('is made, left and entered again; a wrong password is told', async () => {
    const page = await (await person()).newPage();
    await page.goto('/sign-up');
    await page.getByLabel('Name').fill('eero');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('**/notes');
    await page.getByText('Your first note').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${server.url}/`);

    await page.goto('/notes');
    await page.waitForURL('**/sign-in?next=%2Fnotes');
    await page.getByLabel('Name').fill('eero');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('That name and password do not go together.');
    expect(await page.getByLabel('Name').inputValue()).toBe('eero');

    // The focus is where there is something to correct.
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your first note').waitFor();
    await page.context().close();
  });
});

describe('a note', () => {
  test('is written, changed with the keyboard and deleted', async () => {
    const path = await write(aino, 'Rye bread', 'Flour\n\nSee https://example.org/bread.');
    expect(await aino.locator('.prose a').getAttribute('href')).toBe('https://example.org/bread');

    await aino.getByRole('link', { name: 'Edit' }).click();
    await aino.getByLabel('Title').fill('Better rye bread');
    await aino.keyboard.press('Control+Enter');
    await aino.getByRole('heading', { name: 'Better rye bread' }).waitFor();
    expect(new URL(aino.url()).pathname).toBe(path);

    await aino.getByText('Delete', { exact: true }).focus();
    await aino.keyboard.press('Enter');
    await aino.keyboard.press('Tab');
    await aino.keyboard.press('Escape');
    expect(await aino.locator('summary').evaluate((summary) => summary === document.activeElement)).toBe(
      true,
    );
    for (const key of ['Enter', 'Tab', 'Enter']) await aino.keyboard.press(key);
    await aino.waitForURL('**/notes');
    expect(await aino.locator('.list').count()).toBe(0);
  });

  test('without a title comes back as it was written', async () => {
    await aino.goto('/notes/new');
    await aino.getByLabel('Title').fill('   ');
    await aino.getByLabel('Text').fill('Something <b>long</b>');
    await aino.getByRole('button', { name: 'Save' }).click();
    await aino.getByText('Give the note a title.').waitFor();
    expect(await aino.getByLabel('Text').inputValue()).toBe('Something <b>long</b>');
  });

  test('with markup in it shows the markup', async () => {
    const attack = `<script>alert(1)</script><img src=x onerror="alert(2)">"'`;
    await write(aino, attack, `${attack}\njavascript:alert(3)`);
    expect(await aino.locator('h1').textContent()).toBe(attack);
    expect(await aino.locator('.prose').textContent()).toContain(attack);
    expect(await aino.locator('.list b').first().textContent()).toBe(attack);
    expect(await aino.title()).toContain(attack);
    expect(await aino.locator('main img, main script').count()).toBe(0);
  });

  test('is not there for somebody else', async () => {
    const path = await write(aino, 'Secret', 'under the third stone');
    const page = await (await person()).newPage();
    await signUp(page, 'impi');
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    await page.goto('/notes?q=stone');
    await page.getByText('No note has “stone” in it.').waitFor();
    await page.context().close();
  });

  test('is found while one types', async () => {
    await write(aino, 'Cabin', 'Bring the kettle and the map');
    await aino.goto('/notes');
    await aino.keyboard.press('Control+k');
    await aino.keyboard.type('kett');
    await aino.locator('mark').waitFor();
    expect(await aino.locator('mark').allTextContents()).toEqual(['kettle']);
    expect(await aino.locator('.list b').allTextContents()).toEqual(['Cabin']);
    expect(aino.url()).toContain('?q=kett');
  });
});

describe('a second tab', () => {
  test('shows what is written, changed and deleted in the first, without being reloaded', async () => {
    const second = await aino.context().newPage();
    await second.goto('/notes');
    const navigations: string[] = [];
    second.on('framenavigated', (frame) => navigations.push(frame.url()));

    const path = await write(aino, 'Seen at once', 'first');
    await second.getByRole('link', { name: 'Seen at once' }).waitFor();
    expect(await second.getByRole('status').textContent()).toBe('New note: Seen at once');
    expect(navigations).toEqual([]);

    await second.goto(path);
    await aino.goto(`${path}/edit`);
    await aino.getByLabel('Text').fill('second');
    await aino.getByRole('button', { name: 'Save' }).click();
    await second.locator('.prose', { hasText: 'second' }).waitFor();

    await aino.getByText('Delete', { exact: true }).click();
    await aino.getByRole('button', { name: 'Delete it' }).click();
    await second.waitForURL('**/notes');
    await second.close();
  });

  test('is signed out with the first', async () => {
    const context = await person();
    const [first, second] = [await context.newPage(), await context.newPage()];
    await signUp(first, 'toini');
    await first.goto('/notes');
    await Promise.all([second.waitForResponse('**/events'), second.goto('/notes')]);
    await first.getByRole('button', { name: 'Sign out' }).click();
    await second.waitForURL(`${server.url}/`);
    await context.close();
  });
});

describe('an attachment', () => {
  test('of 5 MiB comes back byte for byte, under its name', async () => {
    await write(aino, 'With a file', '');
    const buffer = Buffer.alloc(5 * MiB, 0);
    for (let at = 0; at < buffer.length; at += 4) buffer.writeUInt32LE((at * 2654435761) >>> 0, at);
    const upload = { name: 'häst & co <1>.bin', mimeType: 'text/html', buffer };
    await aino.getByLabel('Attach files').setInputFiles(upload);
    const link = aino.getByRole('link', { name: upload.name });
    await link.waitFor();
    const [download] = await Promise.all([aino.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^häst & co .1.\.bin$/);
    expect(buffer.equals(await readFile(await download.path()))).toBe(true);

    await aino.getByRole('button', { name: `Remove ${upload.name}` }).click();
    await link.waitFor({ state: 'detached' });
  });

  test('over 50 MiB is refused in words, by the page and, without scripts, by the server', async () => {
    const path = await write(aino, 'Too large', '');
    const file = join(directory.path, 'large.bin');
    await writeFile(file, new Uint8Array(51 * MiB));
    await aino.getByLabel('Attach files').setInputFiles(file);
    await aino.getByText('large.bin: An attachment may have at most 50 MiB.').waitFor();

    const plain = await person({ javaScriptEnabled: false });
    await plain.addCookies(await aino.context().cookies());
    const page = await plain.newPage();
    await page.goto(path);
    await page.getByLabel('Attach files').setInputFiles(file);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('An attachment may have at most 50 MiB.').waitFor();
    await page.getByRole('heading', { name: 'That is too large' }).waitFor();
    await plain.close();
  });
});

test('no script has failed, and nothing has gone against the policy', () => {
  expect(complaints).toEqual([]);
});
