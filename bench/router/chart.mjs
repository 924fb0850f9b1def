// A bar chart as SVG: for each set the routers by time, at most six times ours; longer bars are cut and have an ellipsis.
const WIDTH = 760;
const BAR = 16;
const LABELS = 150;
const LONGEST = 6;

const escapeText = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export function chart(lookups, sets, ours) {
  let y = 10;
  const parts = [];
  for (const [set, row] of Object.entries(lookups)) {
    parts.push(`<text x="0" y="${y + 14}" class="title">${escapeText(sets[set].title)}: ns a lookup</text>`);
    y += 24;
    const measured = Object.entries(row).filter(([, value]) => value !== undefined);
    for (const [name, value] of measured.sort((a, b) => a[1] - b[1])) {
      const ratio = value / row[ours];
      const length = (Math.min(ratio, LONGEST) / LONGEST) * (WIDTH - LABELS - 90);
      const color = name === ours ? '#2f6feb' : '#a8b3c4';
      parts.push(
        `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escapeText(name)}</text>`,
        `<rect x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 2}" fill="${color}"/>`,
        `<text x="${LABELS + length + 6}" y="${y + 12}">${Math.round(value).toLocaleString('en')}${ratio > LONGEST ? ' …' : ''}</text>`,
      );
      y += BAR;
    }
    y += 14;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img">
<style>text { font: 12px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600 }</style>
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}
