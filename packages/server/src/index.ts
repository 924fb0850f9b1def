export { InvalidApp, InvalidOption, ShutdownFailed, StartupFailed } from './errors.js';
export type { HTTPOptions } from './http-options.js';
export type { HTTP2Options } from './http2-options.js';
export type { AppByInterface, InterfaceName } from './interfaces/app-of.js';
export { fromNodeListener, type NodeListener } from './interfaces/node/from-node-listener.js';
export { fromWSGI } from './interfaces/wsgi/from-wsgi.js';
export type {
  StartResponse,
  WSGIApp,
  WSGIBody,
  WSGIEnviron,
  WSGIErrors,
} from './interfaces/wsgi/wsgi-app.js';
export type { WSGIInput } from './interfaces/wsgi/wsgi-input.js';
export type { AccessDetail, AccessRecord, Logger, LogLevel } from './logger.js';
export type { LifespanMode, ServeOptions } from './options.js';
export type { ProxyHeaders } from './proxy/proxy-headers.js';
export { serve } from './serve.js';
export type { Server, StopReport } from './server.js';
export type { TLSOptions } from './tls-options.js';
export type { WebSocketOptions } from './websocket-options.js';
