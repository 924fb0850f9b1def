export { AppDispatcher, type AppDispatcherOptions } from './app-dispatcher.js';
export { AppStillRunning } from './app-still-running.js';
export { Client, type ClientOptions, client, type WebSocketOptions } from './client.js';
export { ClientResponse, type InformationalResponse } from './client-response.js';
export { Communicator, communicate, type EventsOf, type ScopeInit } from './communicator.js';
export { CookieJar, type StoredCookie } from './cookie-jar.js';
export { LifespanError, type LifespanMode } from './lifespan.js';
export type { LiveServer } from './live-server.js';
export type { QueryInit, RequestOptions } from './request-options.js';
export type { CloseInfo, Message } from './websocket-connection.js';
export {
  type ReceiveOptions,
  WebSocketClosed,
  WebSocketDenied,
  WebSocketSession,
} from './websocket-session.js';
