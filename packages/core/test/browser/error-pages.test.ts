/// <reference lib="dom" />
import { HTTPError, Pullo } from '@pullo/core';
import { debugPage } from '@pullo/core/debug';
import { type Server, serve } from '@pullo/server';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lowContrasts } from './contrast.ts';

/** Chromium as Debian has it (`apt-get install chromium`), or the one that the variable names. */
const executablePath = process.env.PULLO_CHROMIUM ?? '/usr/bin/chromium';

const attack = `<img src=x onerror="document.title='attacked'"><script>document.title='attacked'</script>`;
const long = 'x'.repeat(300);

const app = new Pullo({ debug: debugPage() })
  .use(function outer(_ctx, next) {
    return next();
  })
  .provide(() => ({ user: 'Aino' }))
  .get('/debug/:rest?', async function handler() {
    const cause = new TypeError(`a cause ${long}`);
    throw new AggregateError([new RangeError(attack), new Error('another')], `${attack} ${long}`, { cause });
  })
  .get('/problem', () => {
    const problem = {
      type: 'https://example.com/problems/out-of-credit',
      title: attack,
      balance: 30,
      long,
      list: [attack],
    };
    throw new HTTPError(403, { detail: `${attack}\n${long}`, problem });
  });

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await serve(app, { port: 0, logLevel: 'silent' });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens a page; `complaints` are what its console and its policy say, `loaded` what it has asked the network for. */
async function open(path: string, options: { colorScheme?: 'light' | 'dark'; width?: number } = {}) {
  const { colorScheme = 'light', width = 1280 } = options;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  const complaints: string[] = [];
  const loaded: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(server.url + path);
  return { page, complaints, loaded };
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const paths = ['/debug/x?token=abc&page=2', '/problem', '/nothing'];

describe.each(paths)('the page of %s', (path) => {
  test.each(['light', 'dark'] as const)('can be read in %s colours', async (colorScheme) => {
    const { page } = await open(path, { colorScheme });
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const isDark = Math.max(...(background.match(/\d+/g) ?? []).map(Number)) < 64;
    expect(isDark).toBe(colorScheme === 'dark');
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await lowContrasts(page)).toEqual([]);
    await page.close();
  });

  test.each([320, 360, 1280])('fits into %i pixels', async (width) => {
    const { page } = await open(path, { width });
    expect(await overflow(page)).toBe(0);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  test('runs nothing and loads nothing', async () => {
    const { page, complaints, loaded } = await open(path);
    await page.waitForTimeout(50);
    // Chromium asks for the icon itself, and says that the page is an error.
    expect(loaded.filter((each) => each !== '/favicon.ico')).toEqual([new URL(path, server.url).pathname]);
    expect(complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
    expect(await page.title()).not.toBe('attacked');
    expect(await page.locator('script, img').count()).toBe(0);
    expect(await page.locator('html[lang], main, h1, title').count()).toBe(4);
    await page.close();
  });
});

test('the debug page opens the first frame of one’s own, and the others by keyboard', async () => {
  const { page } = await open('/debug');
  const frames = page.locator('details:not(.packages)', { has: page.locator('pre.source') });
  expect(await frames.first().getAttribute('open')).not.toBeNull();
  await expect
    .poll(() => frames.first().locator('.hit').textContent())
    .toContain('throw new AggregateError(');
  const folded = page.locator('details.packages').first();
  await folded.locator('summary').focus();
  await page.keyboard.press('Enter');
  expect(await folded.getAttribute('open')).not.toBeNull();
  await page.close();
});

test('the debug page shows the layers in order, and which failed', async () => {
  const { page } = await open('/debug');
  expect(await page.locator('.steps li code').allInnerTexts()).toEqual(['outer', 'handler']);
  expect(await page.locator('.steps .failed').textContent()).toContain('failed here');
  await page.close();
});

test('long lines of source can be reached by keyboard', async () => {
  const { page } = await open('/debug', { width: 360 });
  const source = page.locator('pre.source').first();
  await source.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => source.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  expect(await source.getAttribute('aria-label')).toContain('error-pages.test.ts');
  await page.close();
});
