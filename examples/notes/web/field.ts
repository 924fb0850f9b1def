import { type Content, html } from './html.js';

/** A field of a form: its label, what is wrong with it, and a hint. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly problem?: string | undefined;
  readonly hint?: string;
  /** The control, which takes `attributes` in. */
  readonly control: (attributes: Content) => Content;
}

/** Ties the label, the hint and the problem to the control, for those who do not see where they stand. */
export function field({ name, label, problem, hint, control }: Field): Content {
  const described = [hint !== undefined && `${name}-hint`, problem !== undefined && `${name}-problem`].filter(
    Boolean,
  );
  const attributes = html`id="${name}" name="${name}"${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}${problem !== undefined && html` aria-invalid="true"`}`;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${control(attributes)}
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${problem !== undefined && html`<p class="problem" id="${name}-problem">${problem}</p>`}
  </div>`;
}

/** What is wrong with a form as a whole. */
export function formProblem(message: string | undefined): Content {
  return message !== undefined && html`<p class="alert" role="alert">${message}</p>`;
}
