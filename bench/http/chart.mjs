// A bar chart as SVG: for each case the servers by CPU time, the cheapest first.
const WIDTH = 760;
const BAR = 16;
const LABELS = 110;

const escapeText = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export function chart(results, titleOf, ours) {
  let y = 10;
  const parts = [];
  for (const [name, row] of Object.entries(results)) {
    if (name === 'idle') continue;
    parts.push(
      `<text x="0" y="${y + 14}" class="title">${escapeText(titleOf(name))}: CPU µs a request</text>`,
    );
    y += 24;
    const longest = Math.max(...Object.values(row).map(({ cpu }) => cpu));
    for (const [server, { cpu }] of Object.entries(row).sort(([, a], [, b]) => a.cpu - b.cpu)) {
      const length = (cpu / longest) * (WIDTH - LABELS - 80);
      parts.push(
        `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escapeText(server)}</text>`,
        `<rect x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 2}" fill="${server === ours ? '#2f6feb' : '#a8b3c4'}"/>`,
        `<text x="${LABELS + length + 6}" y="${y + 12}">${cpu < 1000 ? cpu.toFixed(1) : Math.round(cpu).toLocaleString('en')}</text>`,
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
