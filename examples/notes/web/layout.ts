import { HTMLResponse } from '@pullo/core';
import type { User } from '../accounts/users.js';
import { asset } from './assets.js';
import { type Content, html } from './html.js';

/** What a page has beside the frame that all have. */
export interface Page {
  readonly title: string;
  readonly body: Content;
  readonly user?: User | undefined;
  /** Default: 200. */
  readonly status?: number;
  /** What the style sheet may go by. */
  readonly kind?: string;
}

/** A whole page. */
export function page({ title, body, user, status = 200, kind = 'plain' }: Page): HTMLResponse {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Notes</title>
<link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml">
${['base.css', 'pages.css', 'notes.css'].map(
  (name) => html`<link rel="stylesheet" href="${asset(name)}">
`,
)}<script type="module" src="${asset('app.js')}"></script>
</head>
<body class="page-${kind}"${user !== undefined && html` data-signed-in`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
  <a class="brand" href="${user === undefined ? '/' : '/notes'}"><img class="brand-mark" src="${asset('icon.svg')}" alt="">Notes</a>
  ${user !== undefined ? userLinks(user) : kind !== 'error' && visitorLinks()}
</header>
${body}
<p class="announcement" role="status" aria-live="polite" data-announcement></p>
</body>
</html>
`;
  return new HTMLResponse(document.toString(), { status });
}

function visitorLinks(): Content {
  return html`<nav class="bar-links" aria-label="Account">
    <a class="bar-link" href="/sign-in">Sign in</a>
    <a class="button small" href="/sign-up">Sign up</a>
  </nav>`;
}

function userLinks(user: User): Content {
  return html`<nav class="bar-links" aria-label="Account">
    <a class="bar-link" href="/account" aria-label="Account of ${user.name}"><span class="avatar" aria-hidden="true">${user.name.slice(0, 1)}</span><span class="bar-name">${user.name}</span></a>
    <form method="post" action="/sign-out"><button class="bar-link">Sign out</button></form>
  </nav>`;
}
