export { InvalidApp, InvalidOption, ShutdownFailed, StartupFailed } from './errors.js';
export type { AccessRecord, Logger, LogLevel } from './logger.js';
export type { LifespanMode, ServeOptions } from './options.js';
export { serve } from './serve.js';
export type { Server, StopReport } from './server.js';
