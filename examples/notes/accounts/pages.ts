import type { HTMLResponse } from '@pullo/core';
import { field, formProblem } from '../web/field.js';
import { type Content, html } from '../web/html.js';
import { page } from '../web/layout.js';
import type { APIToken } from './api-tokens.js';
import type { User } from './users.js';

/** For those who have not signed in. */
export function welcomePage(): HTMLResponse {
  return page({
    title: 'Welcome',
    kind: 'welcome',
    body: html`<main id="main" class="hero">
      <div class="hero-text">
        <h1>A quiet place for what you want to remember.</h1>
        <p class="lead">Write it down, find it again by any word, and keep the files that belong to it. Every open tab is up to date.</p>
        <p class="actions"><a class="button" href="/sign-up">Start writing</a> <a class="button quiet" href="/sign-in">Sign in</a></p>
      </div>
      <div class="hero-cards" aria-hidden="true">
        <div class="paper"><b>Rye bread</b><span>Sourdough, 500 g of rye flour, water, a spoon of salt. Patience.</span></div>
        <div class="paper"><b>Cabin, first weekend of June</b><span>Key from Eero. Bring the kettle, and the map with the paths.</span></div>
        <div class="paper"><b>Books to return</b><span>The Summer Book, due on Friday.</span></div>
      </div>
    </main>`,
  });
}

export function signInPage({
  next,
  name = '',
  problem,
}: {
  next: string;
  name?: string;
  problem?: string;
}): HTMLResponse {
  return page({
    title: 'Sign in',
    kind: 'account',
    status: problem === undefined ? 200 : 422,
    body: card(html`<h1>Sign in</h1>
      ${formProblem(problem)}
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value="${next}">
        ${nameField(name)}
        ${passwordField({ autocomplete: 'current-password', hasFocus: problem !== undefined })}
        <button class="button wide">Sign in</button>
      </form>
      <p class="aside">New here? <a href="/sign-up">Make an account</a></p>`),
  });
}

interface SignUp {
  readonly name?: string;
  readonly problems?: Readonly<Record<string, string>>;
}

export function signUpPage({ name = '', problems = {} }: SignUp = {}): HTMLResponse {
  return page({
    title: 'Sign up',
    kind: 'account',
    status: Object.keys(problems).length === 0 ? 200 : 422,
    body: card(html`<h1>Make an account</h1>
      <form method="post" action="/sign-up">
        ${nameField(name, problems.name)}
        ${passwordField({
          autocomplete: 'new-password',
          problem: problems.password,
          hint: 'At least 10 characters. A few words that do not belong together are fine.',
          hasFocus: problems.name === undefined && problems.password !== undefined,
        })}
        <button class="button wide">Sign up</button>
      </form>
      <p class="aside">Have an account? <a href="/sign-in">Sign in</a></p>`),
  });
}

/** The account: tokens for programs, and signing out. */
export function accountPage({
  user,
  tokens,
  created,
}: {
  user: User;
  tokens: readonly APIToken[];
  created?: string;
}): HTMLResponse {
  return page({
    title: 'Account',
    user,
    kind: 'settings',
    body: html`<main id="main" class="settings">
      <h1>Account</h1>
      <p class="lead">Signed in as <b>${user.name}</b>.</p>
      <section class="panel" aria-labelledby="tokens">
        <h2 id="tokens">API tokens</h2>
        <p>A program that sends <code>Authorization: Bearer …</code> to <code>/api/notes</code> may read and change your notes.</p>
        ${created !== undefined && newToken(created)}
        ${tokens.length > 0 && html`<ul class="rows">${tokens.map(tokenRow)}</ul>`}
        <form method="post" action="/account/tokens" class="inline">
          <label for="label" class="visually-hidden">What the token is for</label>
          <input id="label" name="label" maxlength="60" placeholder="What it is for" required autocomplete="off">
          <button class="button">Make a token</button>
        </form>
      </section>
      <section class="panel" aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <p>Left a computer signed in? End every session, this one too.</p>
        <form method="post" action="/account/sign-out-everywhere"><button class="button quiet">Sign out everywhere</button></form>
      </section>
    </main>`,
  });
}

function newToken(token: string): Content {
  return html`<div class="notice" role="status">
    <p><b>Copy it now.</b> It is not shown again.</p>
    <code class="secret">${token}</code>
  </div>`;
}

function tokenRow({ id, label, createdAt }: APIToken): Content {
  return html`<li>
    <span class="row-text"><b>${label}</b> <small>made <time datetime="${createdAt}">${createdAt.slice(0, 10)}</time></small></span>
    <form method="post" action="/account/tokens/${id}/revoke"><button class="link danger" aria-label="Revoke ${label}">Revoke</button></form>
  </li>`;
}

function card(content: Content): Content {
  return html`<main id="main" class="card">${content}</main>`;
}

function nameField(value: string, problem?: string): Content {
  return field({
    name: 'name',
    label: 'Name',
    problem,
    control: (attributes) =>
      html`<input ${attributes} value="${value}" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false"${value === '' && html` autofocus`}>`,
  });
}

interface PasswordField {
  readonly autocomplete: 'current-password' | 'new-password';
  readonly problem?: string | undefined;
  readonly hint?: string;
  /** Whether it is what there is to correct. */
  readonly hasFocus: boolean;
}

function passwordField({ autocomplete, problem, hint, hasFocus }: PasswordField): Content {
  return field({
    name: 'password',
    label: 'Password',
    problem,
    ...(hint !== undefined && { hint }),
    control: (attributes) =>
      html`<input ${attributes} type="password" required maxlength="200" autocomplete="${autocomplete}"${hasFocus && html` autofocus`}>`,
  });
}
