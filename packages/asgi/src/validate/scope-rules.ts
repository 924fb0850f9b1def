import { canonicalPath } from '../canonical-path.js';
import { BadPath, quote } from '../errors.js';
import { headerNameProblem } from '../header-rules.js';
import { Fields, show } from './fields.js';
import { ContractViolation } from './violation.js';

const CONNECTION_FIELDS = [
  'type',
  'asgi',
  'httpVersion',
  'scheme',
  'path',
  'rawPath',
  'queryString',
  'rootPath',
  'headers',
  'client',
  'server',
  'state',
  'extensions',
  'exchange',
];

/** The fields that a scope of each type has. */
const SCOPE_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['http', [...CONNECTION_FIELDS, 'method']],
  ['websocket', [...CONNECTION_FIELDS, 'subprotocols']],
  ['lifespan', ['type', 'asgi', 'state']],
]);

const MAX_PORT = 65535;

/** Checks what the server hands to the app; throws `ContractViolation`. Scopes of unknown types pass. */
export function checkScope(scope: unknown): void {
  if (typeof scope !== 'object' || scope === null) {
    throw new ContractViolation('server', `the scope is ${show(scope)}, but must be an object`);
  }
  const fields = new Fields('server', 'scope', scope);
  const type = fields.string('type');
  for (const name of SCOPE_FIELDS.get(type) ?? []) checkOwn(scope, name, fields);
  if (type === 'lifespan') {
    checkVersions(fields.inside('asgi'), '2.0');
    fields.object('state');
  } else if (type === 'http') {
    fields.oneOf('scheme', ['http', 'https']);
    checkMethod(fields);
    checkConnection(fields);
  } else if (type === 'websocket') {
    fields.oneOf('scheme', ['ws', 'wss']);
    fields.strings('subprotocols');
    checkConnection(fields);
  }
}

/** `{ ...scope, path }` must be a faithful copy. */
function checkOwn(scope: object, name: string, fields: Fields): void {
  if (!(name in scope)) fields.fail(`scope.${name} is missing`);
  if (Object.prototype.propertyIsEnumerable.call(scope, name)) return;
  fields.fail(`scope.${name} is not an own enumerable property: { ...scope } would lose it`);
}

function checkConnection(fields: Fields): void {
  checkVersions(fields.inside('asgi'), '2.5');
  fields.oneOf('httpVersion', ['1.0', '1.1', '2']);
  checkPath(fields);
  if (fields.string('rawPath').includes('?')) fields.mustBe('rawPath', 'the path without the query');
  fields.string('queryString');
  checkHeaders(fields);
  checkAddresses(fields);
  fields.object('state');
  checkExtensions(fields.inside('extensions'));
  checkExchange(fields);
}

function checkVersions(asgi: Fields, specVersion: string): void {
  asgi.oneOf('version', ['3.0']);
  asgi.oneOf('specVersion', [specVersion]);
}

function checkMethod(fields: Fields): void {
  const method = fields.string('method');
  if (headerNameProblem(method) !== undefined) fields.mustBe('method', 'a token, such as "GET"');
}

/** The path rule. `*` is the target of a server-wide OPTIONS and lies under no root. */
function checkPath(fields: Fields): void {
  const path = fields.string('path');
  const rootPath = fields.string('rootPath');
  if (path === '*' && fields.get('method') === 'OPTIONS') return;
  checkCanonical('path', path, fields);
  if (rootPath === '') return;
  checkCanonical('rootPath', rootPath, fields);
  if (rootPath.endsWith('/')) fields.mustBe('rootPath', 'empty or a path that does not end with "/"');
  if (path === rootPath || path.startsWith(`${rootPath}/`)) return;
  fields.fail(`scope.path is ${quote(path)}, but must begin with scope.rootPath, ${quote(rootPath)}`);
}

function checkCanonical(name: string, path: string, fields: Fields): void {
  if (!path.startsWith('/')) fields.mustBe(name, 'a path that begins with "/"');
  const canonical = canonicalOrProblem(path);
  if (canonical !== path) fields.mustBe(name, `canonical: ${canonical}`);
}

/** The canonical form to tell, or why there is none. */
function canonicalOrProblem(path: string): string {
  try {
    const canonical = canonicalPath(path);
    return canonical === path ? path : quote(canonical);
  } catch (error) {
    if (error instanceof BadPath) return `it has none, ${error.problem}`;
    throw error;
  }
}

function checkHeaders(fields: Fields): void {
  const headers = fields.object('headers');
  if (Symbol.iterator in headers && typeof headers[Symbol.iterator] === 'function') {
    if (Reflect.apply(headers[Symbol.iterator] as () => unknown, headers, []) === headers) {
      fields.fail(
        'scope.headers can be read only once: it must be iterable any number of times, such as a HeaderList',
      );
    }
  }
  for (const [name] of fields.headers()) {
    if (name === name.toLowerCase()) continue;
    fields.fail(`scope.headers has the name ${quote(name)}: names must be in lower case`);
  }
}

function checkAddresses(fields: Fields): void {
  if (fields.get('client') !== null) {
    const client = fields.inside('client');
    client.string('host');
    client.integer('port', 0, MAX_PORT);
  }
  if (fields.get('server') === null) return;
  const server = fields.inside('server');
  server.string('host');
  if (server.get('port') !== null) server.integer('port', 0, MAX_PORT);
}

function checkExtensions(extensions: Fields): void {
  for (const name of extensions.names()) if (extensions.has(name)) extensions.object(name);
  if (!extensions.has('tls')) return;
  const tls = extensions.inside('tls');
  tls.strings('clientCertChain');
  for (const name of ['serverCert', 'clientCertName', 'clientCertError']) {
    if (tls.get(name) !== null) tls.string(name);
  }
  for (const name of ['tlsVersion', 'cipherSuite']) {
    if (tls.get(name) !== null) tls.integer(name, 0, 0xffff);
  }
}

/** Reading `signal` may make its controller, so a getter is left alone. */
function checkExchange(fields: Fields): void {
  const exchange = fields.object('exchange');
  if (!('signal' in exchange)) fields.fail('scope.exchange.signal is missing: it must be an AbortSignal');
  const signal = Object.getOwnPropertyDescriptor(exchange, 'signal');
  if (signal === undefined || signal.get !== undefined || signal.value instanceof AbortSignal) return;
  fields.inside('exchange').mustBe('signal', 'an AbortSignal');
}
