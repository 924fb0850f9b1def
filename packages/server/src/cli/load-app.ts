import { statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { App } from '@pullo/asgi';
import { InvalidApp } from '../errors.js';
import { appOf, type InterfaceName } from '../interfaces/app-of.js';
import { explained, thrownByFactory } from './code-frame.js';
import { enableDebugPage } from './debug-page.js';
import { LoadFailed, threw } from './load-failed.js';
import { enableTypeScript, explainTypeScript, isTypeScript } from './typescript.js';

/** `path:name`; a colon of a drive letter has a slash or a backslash after it. */
const REFERENCE = /^(.+?)(?::([\p{ID_Start}$_][\p{ID_Continue}$]*))?$/u;
/** What is tried where a path has no extension. */
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];
const LOADABLE = new Set([...EXTENSIONS, '.cts', '.cjs']);

/** Which app is meant. */
export interface AppReference {
  /** `module` or `module:name`: the path of a module, with or without its extension, and an export of it. */
  reference: string;
  /** What the path is relative to. */
  folder: string;
  /** Whether the export makes the app when it is called. */
  isFactory: boolean;
  /** Whether the app is to show its unexpected errors, where it can. Default: no. */
  showsErrors?: boolean;
}

/** Loads an app of an interface: the named export of its module, or else `default`, or else `app`. Throws `LoadFailed`. */
export async function loadApp(app: AppReference, interfaceName: InterfaceName): Promise<App> {
  const { path, name, value } = await loadExport(app);
  try {
    return appOf(value, interfaceName);
  } catch (error) {
    if (error instanceof InvalidApp) throw new LoadFailed(`${path}:${name} is not an app. ${error.message}`);
    throw error;
  }
}

/** The export that a reference means, or what it makes if it is a factory, with the path and the name. */
export async function loadExport(app: AppReference): Promise<LoadedExport> {
  const { reference, folder, isFactory, showsErrors = false } = app;
  const [, path = reference, wanted] = REFERENCE.exec(reference) ?? [];
  const file = locate(path, folder);
  if (showsErrors) await enableDebugPage(file);
  const exports = await importModule(file, path);
  const [name, value] = pick(exports, wanted, path);
  return { path, name, value: isFactory ? await made(value, `${path}:${name}`) : value };
}

interface LoadedExport {
  path: string;
  name: string;
  value: unknown;
}

async function made(factory: unknown, label: string): Promise<unknown> {
  if (typeof factory !== 'function') {
    throw new LoadFailed(
      `${label} is no factory: it is ${inspect(factory, { depth: 0 })}, not a function that makes the app.`,
    );
  }
  try {
    return await factory();
  } catch (error) {
    throw threw(`The factory ${label} failed`, thrownByFactory(error));
  }
}

/** The file of a module. */
function locate(path: string, folder: string): string {
  const exact = resolve(folder, path);
  const candidates = [
    exact,
    ...EXTENSIONS.map((extension) => exact + extension),
    ...EXTENSIONS.map((extension) => join(exact, `index${extension}`)),
  ];
  const file = candidates.find(isFile);
  if (file === undefined)
    throw new LoadFailed(`Cannot find the app ${JSON.stringify(path)}: ${missing(path, exact)}`);
  if (LOADABLE.has(extname(file))) return file;
  throw new LoadFailed(`Cannot load ${file}: the module of an app ends in ${[...LOADABLE].join(', ')}.`);
}

/** What is there in place of a module. */
function missing(path: string, exact: string): string {
  const extensions = EXTENSIONS.join(', ');
  const colon = exact.lastIndexOf(':');
  if (path.includes(':') && isFile(exact.slice(0, colon))) {
    return `${exact.slice(0, colon)} is there, but ${JSON.stringify(exact.slice(colon + 1))} is no name of an export.`;
  }
  if (kindOf(exact) === 'folder') return `the folder ${exact} has no index file (${extensions}).`;
  if (kindOf(exact) === 'other') return `${exact} is neither a file nor a folder.`;
  return `there is no ${exact}, also not with ${extensions}, nor a folder of that name with an index file.`;
}

function isFile(path: string): boolean {
  return kindOf(path) === 'file';
}

/** Null for what is not there, or cannot be: below a file, or with a name that is too long. */
function kindOf(path: string): 'file' | 'folder' | 'other' | null {
  try {
    const found = statSync(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch {
    return null;
  }
}

async function importModule(file: string, path: string): Promise<Record<string, unknown>> {
  try {
    if (isTypeScript(file)) await enableTypeScript(file);
    return unwrapped(await import(pathToFileURL(file).href));
  } catch (error) {
    if (error instanceof LoadFailed) throw error;
    const hint = isTypeScript(file) ? explainTypeScript(error, file) : '';
    throw threw(`Cannot load ${path}${hint}`, explained(error, file));
  }
}

/** The exports of a CommonJS module that was an ECMAScript module before it was compiled. */
function unwrapped(exports: Record<string, unknown>): Record<string, unknown> {
  const inner = exports.default;
  const isCompiled = typeof inner === 'object' && inner !== null && '__esModule' in inner;
  return isCompiled ? (inner as Record<string, unknown>) : exports;
}

function pick(exports: Record<string, unknown>, name: string | undefined, path: string): [string, unknown] {
  const names = Object.keys(exports).filter((key) => key !== '__esModule' && key !== 'module.exports');
  const wanted = name === undefined ? ['default', 'app'] : [name];
  const found = wanted.find((key) => names.includes(key));
  if (found !== undefined) return [found, exports[found]];
  const known = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
  const missing =
    name === undefined ? 'neither a default export nor one named app' : `no export named ${name}`;
  const advice = name === undefined && names.length > 0 ? ` Name the app: pullo run ${path}:${names[0]}` : '';
  throw new LoadFailed(`${path} has ${missing}: ${known}.${advice}`);
}
