import { phraseOf } from './errors.js';
import { escapeHTML } from './escape-html.js';
import { memberText } from './member-text.js';
import type { ProblemView } from './problem-view.js';

/** Its hash stands in the policy below: a page without scripts and without anything from elsewhere. */
const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1c2024;--soft:#5b626a;--line:#dfe3e7;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ground:#14171a;--text:#eceef0;--soft:#a3abb3;--line:#33393f;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:2rem 1.25rem;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,sans-serif}
main{width:100%;max-width:36rem;overflow-wrap:anywhere}
.status{margin:0;color:var(--soft);font-size:1.125rem;font-variant-numeric:tabular-nums}
h1{margin:.25rem 0 0;font-size:clamp(1.75rem,1.25rem + 2.5vw,2.5rem);line-height:1.2;text-wrap:balance}
.detail{margin:1rem 0 0;white-space:pre-line}
dl{margin:1.75rem 0 0;padding-top:1.25rem;border-top:1px solid var(--line);display:grid;grid-template-columns:minmax(5rem,auto) 1fr;gap:.375rem 1.25rem;font-size:.875rem}
dt{color:var(--soft)}
dd{margin:0;font-family:ui-monospace,monospace}
a{color:var(--link)}
`;

/** What a browser may load for the page: its style, and nothing else. */
export const PROBLEM_PAGE_POLICY =
  "default-src 'none'; style-src 'sha256-uzSzI/3thBg4YZx4CEjYf9PPki5L6h0+gF6shNY514g='; base-uri 'none'; form-action 'none'";

/** The answer to an error as a page: what problem details would tell, escaped. */
export function problemPage({ status, title, detail, members }: ProblemView): string {
  const heading = escapeHTML(title);
  // A title of one's own says nothing of the status, and its phrase does.
  const phrase = phraseOf(status);
  const line = title === phrase ? `${status}` : `${status} ${escapeHTML(phrase)}`;
  const paragraph = detail === undefined ? '' : `\n<p class="detail">${escapeHTML(detail)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${status} ${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="status">${line}</p>
<h1>${heading}</h1>${paragraph}${memberList(members)}
</main>
</body>
</html>
`;
}

function memberList(members: ProblemView['members']): string {
  if (members.length === 0) return '';
  const rows = members.map(
    ([name, value]) => `<dt>${escapeHTML(name)}</dt><dd>${linked(memberText(value))}</dd>`,
  );
  return `\n<dl>\n${rows.join('\n')}\n</dl>`;
}

/** Only what leads to the web: `javascript:` is a URI too. */
function linked(text: string): string {
  const shown = escapeHTML(text);
  return /^https?:\/\//i.test(text) ? `<a href="${shown}">${shown}</a>` : shown;
}
