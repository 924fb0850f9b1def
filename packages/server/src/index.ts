export { InvalidApp, InvalidOption, ShutdownFailed, StartupFailed } from './errors.js';
export type { HTTPOptions } from './http-options.js';
export type { AccessDetail, AccessRecord, Logger, LogLevel } from './logger.js';
export type { LifespanMode, ServeOptions } from './options.js';
export type { ProxyHeaders } from './proxy/proxy-headers.js';
export { serve } from './serve.js';
export type { Server, StopReport } from './server.js';
export type { TLSOptions } from './tls-options.js';
export type { WebSocketOptions } from './websocket-options.js';
