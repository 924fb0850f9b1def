import type { RouteInfo } from './context.js';
import type { AppDescription, RouteDescription } from './describe-app.js';

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const HEAD = ['METHODS', 'PATH', 'NAME', 'PIPELINE'];

/** The routes of an app: an array that `console.log` and `String` show as a table, with those of mounted apps below them. */
export class RouteTable extends Array<RouteInfo> {
  /** What is made of it, by `map` and `filter`, is a plain array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  readonly #describe: () => AppDescription;

  constructor(routes: readonly RouteInfo[], describe: () => AppDescription) {
    super();
    this.push(...routes);
    this.#describe = describe;
  }

  override toString(): string {
    const { routes } = this.#describe();
    return routes.length === 0
      ? 'No routes.'
      : format([HEAD, ...routes.flatMap((route) => rows(route, '', ''))]);
  }

  [inspectCustom](): string {
    return this.toString();
  }
}

/** A route, and below it those of the app that is mounted there. */
function rows(route: RouteDescription, indent: string, prefix: string): string[][] {
  const { kind, methods, pattern, name, pipeline, handler, app } = route;
  const isApp = kind === 'mount' || kind === 'host';
  const base = prefix === '/' ? '' : prefix;
  const path = kind === 'host' ? `//${pattern}` : base + (pattern === '/' && base !== '' ? '' : pattern);
  const what = kind === 'http' ? methods.join(', ') : kind.toUpperCase();
  const steps = [
    ...pipeline.map((step) => step.name ?? `(${step.kind})`),
    handler ?? (isApp ? '(app)' : '(handler)'),
  ];
  const own = [`${indent}${what === '*' ? 'ANY' : what}`, `${indent}${path}`, name ?? '', steps.join(' > ')];
  return [own, ...(app?.routes ?? []).flatMap((inner) => rows(inner, `${indent}  `, path))];
}

function format(table: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
