import { readFileSync } from 'node:fs';
import type { BaseContext } from '../context.js';
import type { FailedRequest, PipelineStep } from '../debug-renderer.js';
import { phraseOf } from '../errors.js';
import { statusOf } from '../problem-view.js';
import { errorChain, type ShownError } from './error-chain.js';
import { HIDDEN, type IsSecret } from './hidden.js';
import { SourceFiles } from './source-files.js';

/** Names and what belongs to them, in order. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** All that is shown of a failed request; secrets are hidden already. */
export interface Report {
  readonly status: number;
  readonly title: string;
  /** What was thrown, then its causes; never empty. */
  readonly errors: readonly ShownError[];
  readonly method: string;
  readonly path: string;
  readonly query: Pairs;
  readonly headers: Pairs;
  /** Facts of the request and its route. */
  readonly facts: Pairs;
  readonly pipeline: readonly PipelineStep[];
  /** The keys that the pipeline has provided, without their values. */
  readonly provided: readonly string[];
  readonly environment: Pairs;
}

/** Gathers what there is to show, and reads the sources behind the stack. */
export async function makeReport(failed: FailedRequest, isSecret: IsSecret): Promise<Report> {
  const { error, context, pipeline } = failed;
  const { request, route } = context;
  const status = statusOf(error);
  const client = request.client === null ? 'none' : `${request.client.host}:${request.client.port}`;
  const hide = ([name, value]: readonly [string, string]) => [name, isSecret(name) ? HIDDEN : value] as const;
  return {
    status,
    title: phraseOf(status),
    errors: await errorChain(error, new SourceFiles()),
    method: request.method,
    path: shownPath(context, isSecret),
    query: Array.from(request.query, hide),
    headers: Array.from(request.headers, hide).map(withoutQuery),
    facts: [
      ['client', client],
      ['route', route === undefined ? 'none' : `${route.methods.join(', ')} ${route.pattern}`],
      ...(route?.name === undefined ? [] : [['route name', route.name] as const]),
      ...Object.entries(context.params ?? {}).map(
        ([name, value]) => [`params.${name}`, isSecret(name) ? HIDDEN : String(value)] as const,
      ),
    ],
    pipeline,
    provided: Object.keys(context),
    environment: environment(),
  };
}

/** Where a parameter is a secret, as in `/reset/:token`, the pattern stands for the path. */
function shownPath({ request, params, route }: BaseContext, isSecret: IsSecret): string {
  const hasSecret = Object.keys(params ?? {}).some(isSecret);
  return hasSecret && route !== undefined ? route.pattern : request.path;
}

/** The page that a request comes from may have secrets in its query. */
function withoutQuery([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, name === 'referer' ? value.replace(/[?#].*$/s, `?${HIDDEN}`) : value];
}

function environment(): Pairs {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return [
    ['Pullo', String(version)],
    ['Node', process.version],
    ['platform', `${process.platform} ${process.arch}`],
    ['NODE_ENV', process.env.NODE_ENV ?? 'not set'],
    ['working directory', process.cwd()],
  ];
}
