/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** The visible texts of a page whose contrast with what is behind them is below 4.5 (WCAG 2.2, success criterion 1.4.3). */
export function lowContrasts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type RGB = readonly [red: number, green: number, blue: number];

    const parse = (color: string): RGB | undefined => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return alpha === 0 ? undefined : [red, green, blue];
    };
    const behind = (element: Element | null): RGB => {
      if (element === null) return [255, 255, 255];
      return parse(getComputedStyle(element).backgroundColor) ?? behind(element.parentElement);
    };
    const luminance = (color: RGB) => {
      const [red = 0, green = 0, blue = 0] = color.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one: RGB, other: RGB) => {
      const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (lighter + 0.05) / (darker + 0.05);
    };

    const low: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (element === null || text === '') continue;
      const ratio = contrast(parse(getComputedStyle(element).color) ?? [0, 0, 0], behind(element));
      if (ratio < 4.5) low.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return low;
  });
}
