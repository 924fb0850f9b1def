import { timingSafeEqual } from '@pullo/middleware/timing-safe-equal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('timingSafeEqual()', () => {
  test.each([
    ['secret', 'secret', true],
    ['', '', true],
    ['secret', 'Secret', false],
    ['secret', 'secre', false],
    ['secre', 'secret', false],
    ['secretsecret', 'secret', false],
    ['', 'secret', false],
    ['secret', '', false],
    ['\0', '', false],
    ['', '\0', false],
    ['\0\0', '\0', false],
    ['ä', 'ä', true],
    ['ä', 'a\u0308', false],
  ])('of %j and %j is %s', (given, secret, expected) => {
    expect(timingSafeEqual(given, secret)).toBe(expected);
  });

  test('takes bytes, and compares text as UTF-8', () => {
    expect(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(timingSafeEqual('ä', Uint8Array.of(0xc3, 0xa4))).toBe(true);
    expect(timingSafeEqual(Uint8Array.of(), '')).toBe(true);
  });

  test('says what === says, of any two texts', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0'), maxLength: 4 });
    fc.assert(
      fc.property(text, text, (given, secret) => {
        expect(timingSafeEqual(given, secret)).toBe(given === secret);
      }),
    );
  });

  test('takes no longer for a guess that begins right than for one that does not', () => {
    const secret = 'x'.repeat(100_000);
    const early = `y${secret.slice(1)}`;
    const late = `${secret.slice(1)}y`;
    const time = (given: string) => {
      const times = Array.from({ length: 60 }, () => {
        const begin = performance.now();
        timingSafeEqual(given, secret);
        return performance.now() - begin;
      });
      return Math.min(...times);
    };
    time(early);
    const ratio = time(late) / time(early);
    // One that stops at the first difference is 1,000 times as fast for the early one.
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(5);
  });
});
