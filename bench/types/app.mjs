/** Patterns with what their handlers read of them, by turns. */
const PATTERNS = [
  ['/things/:id(int)', 'params.id + 1'],
  ['/people/:name', 'params.name.length'],
  ['/archive/:year(int)/:slug', 'params.year + params.slug.length'],
  ['/fixed', '0'],
  ['/files/*path', 'params.path.length'],
];
const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * The source of an app: middleware that each provide a key and require the one before, then routes whose handlers read their parameters and
 * what the pipeline provides. Every tenth route has a middleware of its own; `core` is where it is imported from.
 */
export function typedApp({ routes, middleware, core = '@pullo/core' }) {
  const lines = [`import { type Middleware, Pullo } from '${core}';`, ''];
  for (let i = 0; i < middleware; i++) {
    const requires = i === 0 ? '' : `, { key${i - 1}: { value${i - 1}: number } }`;
    lines.push(
      `const layer${i}: Middleware<{ key${i}: { value${i}: number } }${requires}> = (_ctx, next) => next({ key${i}: { value${i}: ${i} } });`,
    );
  }
  lines.push(
    'const own: Middleware<{ own: string }> = (_ctx, next) => next({ own: "own" });',
    '',
    'export const app = new Pullo()',
    ...Array.from({ length: middleware }, (_, i) => `  .use(layer${i})`),
  );
  lines[lines.length - 1] += ';';
  for (let i = 0; i < routes; i++) {
    const [pattern, read] = PATTERNS[i % PATTERNS.length];
    const verb = VERBS[Math.floor(i / PATTERNS.length) % VERBS.length];
    const key = `key${i % middleware}`;
    const value = `${key}.value${i % middleware}`;
    const [before, name, own] = i % 10 === 0 ? ['own, ', ', own', ', own: own.length'] : ['', '', ''];
    const params = pattern === '/fixed' ? 'params' : '1';
    lines.push(
      `app.${verb}('/r${i}${pattern}', ${before}({ params, ${key}${name} }) => ({ a: ${read}, b: ${value}${own}, c: ${params} }));`,
    );
  }
  return `${lines.join('\n')}\n`;
}
