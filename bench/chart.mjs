// A bar chart as SVG, for light and dark pages alike: groups of bars, each group with its own scale.
const WIDTH = 760;
const BAR = 16;
/** How wide the figures behind the bars may be. */
const FIGURES = 90;

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #57606a }
.title { font-weight: 600; fill: #1f2328 }
.page { fill: #fff }
.bar { fill: #a8b3c4 }
.ours { fill: #2f6feb }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title { fill: #f0f6fc }
  .page { fill: #0d1117 }
  .bar { fill: #4d5562 }
  .ours { fill: #4493f8 }
}`;

const escapeText = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/**
 * Draws groups `{ title, bars: { name, value, text }[] }` under a name for those who see no pictures, the shortest bar of a group first. `ours` is coloured,
 * `labels` is the width of the names in pixels; a bar longer than `longest` times ours is cut and has an ellipsis.
 */
export function chart(name, groups, { ours, labels, longest = Infinity }) {
  let y = 10;
  const parts = [];
  for (const { title, bars } of groups) {
    parts.push(`<text x="0" y="${y + 14}" class="title">${escapeText(title)}</text>`);
    y += 24;
    const cut = longest * (bars.find((bar) => bar.name === ours)?.value ?? Infinity);
    const scale = (WIDTH - labels - FIGURES) / Math.min(cut, Math.max(...bars.map(({ value }) => value)));
    for (const { name, value, text } of bars.toSorted((a, b) => a.value - b.value)) {
      const length = scale * Math.min(value, cut);
      parts.push(
        `<text x="${labels - 8}" y="${y + 12}" text-anchor="end">${escapeText(name)}</text>`,
        `<rect x="${labels}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 2}" class="${name === ours ? 'ours' : 'bar'}"/>`,
        `<text x="${(labels + length + 6).toFixed(1)}" y="${y + 12}">${text}${value > cut ? ' …' : ''}</text>`,
      );
      y += BAR;
    }
    y += 14;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeText(name)}">
<style>${STYLE}
</style>
<rect width="${WIDTH}" height="${y}" class="page"/>
${parts.join('\n')}
</svg>
`;
}
