import { type AppReference, loadExport } from './load-app.js';
import { LoadFailed } from './load-failed.js';

/** An app that can tell its routes, as one of `@pullo/core` can; any other may do the same. */
interface Listed {
  /** Its text is a table. */
  readonly routes: object;
  /** The app as data. */
  describe(): unknown;
}

/** The routes of an app as a table, or all that it tells of itself as JSON. Throws `LoadFailed`. */
export async function routesOf(reference: AppReference, form: 'table' | 'json'): Promise<string> {
  const { path, name, value } = await loadExport(reference);
  if (!isListed(value)) {
    throw new LoadFailed(
      `${path}:${name} cannot list its routes: it has no "routes" and "describe()", as an app of @pullo/core has.`,
    );
  }
  if (form === 'table') return String(value.routes);
  try {
    return JSON.stringify(value.describe(), null, 2);
  } catch (error) {
    throw new LoadFailed(`What ${path}:${name} tells of itself cannot be made into JSON:`, { cause: error });
  }
}

function isListed(value: unknown): value is Listed {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject || !('routes' in value) || !('describe' in value)) return false;
  return typeof value.describe === 'function' && typeof value.routes === 'object' && value.routes !== null;
}
