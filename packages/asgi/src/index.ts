export type { App, Receive, Send } from './app.js';
export { Callable } from './callable.js';
export { canonicalPath } from './canonical-path.js';
export {
  BadPath,
  ClientDisconnected,
  InvalidHeader,
  isClientDisconnected,
  RequestTimeout,
  ServerShutdown,
  UnsupportedScope,
} from './errors.js';
export type * from './events.js';
export { HeaderList, type HeaderPairs, type HeadersInit } from './header-list.js';
export { Headers } from './headers.js';
export { localPath } from './local-path.js';
export type * from './scope.js';
export { validate } from './validate/validate.js';
export { ContractViolation, type Side } from './validate/violation.js';
