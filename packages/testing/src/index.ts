export { AppDispatcher, type AppDispatcherOptions } from './app-dispatcher.js';
export { Client, type ClientOptions, client } from './client.js';
export { ClientResponse, type InformationalResponse } from './client-response.js';
export { CookieJar, type StoredCookie } from './cookie-jar.js';
export { LifespanError, type LifespanMode } from './lifespan.js';
export type { LiveServer } from './live-server.js';
export type { QueryInit, RequestOptions } from './request-options.js';
