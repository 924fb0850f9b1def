import { escapeHTML } from '../escape-html.js';
import type { ShownError, ShownFrame } from './error-chain.js';
import type { Pairs, Report } from './report.js';
import type { Excerpt } from './source-files.js';
import { STYLE } from './style.js';
import { location, RELATIONS, textTrace } from './trace.js';

/** The report as a page. Whatever comes from the request or the error is escaped; nothing is loaded, and there is no script. */
export function debugPageHTML(report: Report): string {
  const { errors, method, path, status, title } = report;
  const [thrown, ...linked] = errors;
  const name = escapeHTML(thrown === undefined ? title : withCode(thrown));
  const message = escapeHTML(thrown?.message ?? '');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}: ${escapeHTML(`${method} ${path}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="request"><b>${escapeHTML(method)}</b> <span class="mono">${escapeHTML(path)}</span> · ${status} ${escapeHTML(title)}</p>
<h1>${name}</h1>
${message === '' ? '' : `<p class="message">${message}</p>`}
</header>
<main>
${thrown === undefined ? '' : section('Stack', card(stack(thrown)))}
${linked.map(linkedError).join('\n')}
<div class="columns">
${section('Pipeline', card(pipeline(report)))}
${section('Route and request', card(list(report.facts)))}
${section('Query', card(list(report.query)))}
${section('Provided on ctx', card(list(report.provided.map((key) => [key, 'value not shown']))))}
</div>
${section('Headers', card(list(report.headers)))}
${section('Environment', card(list(report.environment)))}
${section('As text', card(`<details><summary>The trace, to copy</summary>${code('trace', 'The trace as text', escapeHTML(textTrace(report)))}</details>`))}
</main>
<footer>This page is shown since the app has <code>debug</code> on. It belongs on your own machine: it shows source code.</footer>
</body>
</html>
`;
}

function withCode({ name, code }: ShownError): string {
  return code === undefined ? name : `${name} (${code})`;
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`;
}

function card(content: string): string {
  return `<div class="card">${content}</div>`;
}

function linkedError(error: ShownError): string {
  const message = error.message === '' ? '' : `: ${escapeHTML(error.message)}`;
  const text = `<p class="linked"><b>${escapeHTML(withCode(error))}</b>${message}</p>`;
  return section(RELATIONS[error.relation], card(text + stack(error)));
}

/** One's own frames with their source, the first one open; those of others folded together. */
function stack({ frames }: ShownError): string {
  if (frames.length === 0) return '<p class="plain soft">There is no stack.</p>';
  let hasOpened = false;
  const parts: string[] = [];
  let folded: ShownFrame[] = [];
  const fold = () => {
    if (folded.length > 0) parts.push(packageFrames(folded));
    folded = [];
  };
  for (const frame of frames) {
    if (!frame.isOwn) {
      folded.push(frame);
      continue;
    }
    fold();
    parts.push(ownFrame(frame, !hasOpened && frame.excerpt !== undefined));
    hasOpened ||= frame.excerpt !== undefined;
  }
  fold();
  return parts.join('\n');
}

function ownFrame(frame: ShownFrame, isOpen: boolean): string {
  const label = `${frame.caller === '' ? '' : `<code>${escapeHTML(frame.caller)}</code> `}<span class="where mono">${escapeHTML(location(frame))}</span>`;
  if (frame.excerpt === undefined) return `<p class="plain">${label}</p>`;
  return `<details${isOpen ? ' open' : ''}><summary>${label}</summary>${source(frame.excerpt, frame)}</details>`;
}

function packageFrames(frames: readonly ShownFrame[]): string {
  const items = frames.map(
    (frame) => `<li class="mono">${escapeHTML(`${frame.caller} ${location(frame)}`)}</li>`,
  );
  const count = frames.length === 1 ? '1 frame' : `${frames.length} frames`;
  return `<details class="packages"><summary>${count} of packages and Node</summary><ol>${items.join('')}</ol></details>`;
}

function source({ first, lines }: Excerpt, frame: ShownFrame): string {
  const rows = lines.map((text, index) => {
    const number = first + index;
    const hit = number === frame.line ? ' class="hit" aria-current="true"' : '';
    return `<span${hit}><i>${number}</i>${escapeHTML(text)}</span>`;
  });
  return code('source', `Source of ${location(frame)}`, rows.join(''));
}

/** Long lines scroll, also by the keyboard. */
function code(kind: string, label: string, content: string): string {
  return `<pre class="${kind}" tabindex="0" role="region" aria-label="${escapeHTML(label)}">${content}</pre>`;
}

function pipeline({ pipeline }: Report): string {
  if (pipeline.length === 0) return '<p class="plain soft">There is none.</p>';
  const steps = pipeline.map(({ kind, name, failed }) => {
    const shown =
      name === '' ? '<span class="soft">without a name</span>' : `<code>${escapeHTML(name)}</code>`;
    const where = failed ? '<span>failed here</span>' : '';
    return `<li${failed ? ' class="failed"' : ''}>${shown} <span${failed ? '' : ' class="soft"'}>${kind}</span>${where}</li>`;
  });
  return `<ol class="steps">${steps.join('')}</ol>`;
}

function list(pairs: Pairs): string {
  if (pairs.length === 0) return '<p class="plain soft">None.</p>';
  return `<dl>${pairs.map(([name, value]) => `<dt>${escapeHTML(name)}</dt><dd>${escapeHTML(value)}</dd>`).join('')}</dl>`;
}
