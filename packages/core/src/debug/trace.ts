import { statusLine } from '../errors.js';
import type { ShownError, ShownFrame } from './error-chain.js';
import { shownPath } from './own-code.js';
import type { Report } from './report.js';

/** How an error belongs to the one before it. */
export const RELATIONS: Readonly<Record<ShownError['relation'], string>> = {
  thrown: 'Thrown',
  cause: 'Caused by',
  member: 'One of its errors',
};

/** The report as text, for terminals and for what errors are pasted into. */
export function textTrace(report: Report): string {
  const { status, title, method, path, facts, pipeline, errors } = report;
  return [
    statusLine(status, title),
    '',
    ...errors.flatMap(traceOfError),
    `${method} ${path}`,
    ...facts.map(([name, value]) => `${name}: ${value}`),
    `pipeline: ${pipeline.map(({ name, kind, failed }) => `${name || kind}${failed ? ' (failed)' : ''}`).join(' > ') || 'none'}`,
    '',
  ].join('\n');
}

function traceOfError(error: ShownError): string[] {
  const relation = error.relation === 'thrown' ? '' : `${RELATIONS[error.relation]}: `;
  return [`${relation}${headline(error)}`, ...error.frames.map((frame) => `    at ${place(frame)}`), ''];
}

/** An error in a line: its class, its code, its message. */
function headline({ name, code, message }: ShownError): string {
  return `${name}${code === undefined ? '' : ` [${code}]`}${message === '' ? '' : `: ${message}`}`;
}

/** Where a frame is, as editors and terminals open it. */
export function location({ file, line, column }: ShownFrame): string {
  return file === undefined ? '<anonymous>' : `${shownPath(file)}:${line}:${column}`;
}

function place(frame: ShownFrame): string {
  return frame.caller === '' ? location(frame) : `${frame.caller} (${location(frame)})`;
}

/** The report as members of problem details, for programs. */
export function problemTrace(report: Report): object {
  const [thrown, ...others] = report.errors.map(memberOf);
  return {
    type: 'about:blank',
    title: report.title,
    status: report.status,
    detail: report.errors[0]?.message,
    exception: thrown,
    causes: others,
    facts: Object.fromEntries(report.facts),
    pipeline: report.pipeline,
  };
}

function memberOf(error: ShownError): object {
  const { relation, name, code, message, frames } = error;
  return { relation, name, code, message, stack: frames.map(place) };
}
