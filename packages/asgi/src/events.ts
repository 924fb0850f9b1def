import type { HeaderPairs } from './header-list.js';

/** A piece of a body: text is sent as UTF-8. An app always receives bytes. */
export type BodyChunk = string | Uint8Array;

// HTTP, server to app

/** A piece of the request's body; `moreBody` tells that another follows. */
export interface HTTPRequestEvent {
  type: 'http.request';
  body: Uint8Array;
  moreBody: boolean;
}

/** The exchange is over: the client has left or the response is complete. */
export interface HTTPDisconnectEvent {
  type: 'http.disconnect';
}

// HTTP, app to server

/** The head of the response, once and first. A server holds it until the first body event. */
export interface HTTPResponseStartEvent {
  type: 'http.response.start';
  /** 200 to 599. */
  status: number;
  /** Default: none. */
  headers?: HeaderPairs;
  /** Whether `http.response.trailers` will follow the body. Default: false. */
  trailers?: boolean;
}

/** A piece of the response's body. The last one ends the exchange; nothing may be sent after it but trailers. */
export interface HTTPResponseBodyEvent {
  type: 'http.response.body';
  /** Default: empty. */
  body?: BodyChunk;
  /** Whether another piece follows. Default: false, which ends the response. */
  moreBody?: boolean;
}

/** Extension `http.response.pathsend`: the whole body is the file at this absolute path, with no body event beside it. */
export interface HTTPResponsePathSendEvent {
  type: 'http.response.pathsend';
  path: string;
}

/** Extension `http.response.zerocopysend`: a piece of the body is read from an open file. The app closes it. */
export interface HTTPResponseZeroCopySendEvent {
  type: 'http.response.zerocopysend';
  /** The file descriptor. */
  file: number;
  /** In bytes from the beginning of the file. Default: the file's current position. */
  offset?: number;
  /** In bytes. Default: up to the end of the file. */
  count?: number;
  /** Whether another piece follows. Default: false, which ends the response. */
  moreBody?: boolean;
}

/** Extension `http.response.trailers`: fields after the body, announced by `trailers` in the start event. */
export interface HTTPResponseTrailersEvent {
  type: 'http.response.trailers';
  /** Default: none. */
  headers?: HeaderPairs;
  /** Whether more of them follow. Default: false, which ends the exchange. */
  moreTrailers?: boolean;
}

/** Extension `http.response.early_hint`: a 103 response with these `Link` values. After `start`, before the final body. */
export interface HTTPResponseEarlyHintEvent {
  type: 'http.response.early_hint';
  links: Iterable<string>;
}

/** Extension `http.response.push`: an HTTP/2 server push. A server may ignore it. */
export interface HTTPResponsePushEvent {
  type: 'http.response.push';
  path: string;
  headers?: HeaderPairs;
}

/** Extension `http.response.debug`: data for tests; once, before `start`. */
export interface HTTPResponseDebugEvent {
  type: 'http.response.debug';
  info: Record<string, unknown>;
}

// WebSocket, server to app

/** The client asks to open: answer with accept, close, or a denial response. */
export interface WebSocketConnectEvent {
  type: 'websocket.connect';
}

/** A message: one of `bytes` and `text` is not null. */
export type WebSocketReceiveEvent =
  | { type: 'websocket.receive'; bytes: Uint8Array; text: null }
  | { type: 'websocket.receive'; bytes: null; text: string };

/** The session is over. `code` is 1005 when the close frame had none, 1006 when the connection was lost. */
export interface WebSocketDisconnectEvent {
  type: 'websocket.disconnect';
  code: number;
  reason: string;
}

// WebSocket, app to server

/** Opens the session. `headers` must not name `sec-websocket-protocol`: that is `subprotocol`. */
export interface WebSocketAcceptEvent {
  type: 'websocket.accept';
  /** One of those that the client offered. Default: null, none. */
  subprotocol?: string | null;
  /** Default: none. */
  headers?: HeaderPairs;
}

/** Sends a message: exactly one of `bytes` and `text`. */
export type WebSocketSendEvent =
  | { type: 'websocket.send'; bytes: Uint8Array; text?: null }
  | { type: 'websocket.send'; bytes?: null; text: string };

/** Ends the session, or refuses it with 403 before it was accepted. */
export interface WebSocketCloseEvent {
  type: 'websocket.close';
  /** 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455, section 7.4). Default: 1000. */
  code?: number;
  /** At most 123 bytes of UTF-8 (RFC 6455, section 5.5). Default: empty. */
  reason?: string;
}

/** Extension `websocket.http.response`: refuses the session with a full response. */
export interface WebSocketResponseStartEvent {
  type: 'websocket.http.response.start';
  /** 200 to 599. */
  status: number;
  /** Default: none. */
  headers?: HeaderPairs;
}

/** Extension `websocket.http.response`: the body of the refusal. */
export interface WebSocketResponseBodyEvent {
  type: 'websocket.http.response.body';
  /** Default: empty. */
  body?: BodyChunk;
  /** Whether another piece follows. Default: false, which ends the refusal. */
  moreBody?: boolean;
}

// Lifespan

/** The process is starting: answered by `lifespan.startup.complete` or `.failed`, before the server listens. */
export interface LifespanStartupEvent {
  type: 'lifespan.startup';
}

/** The process is stopping, and every connection is closed: answered by `lifespan.shutdown.complete` or `.failed`. */
export interface LifespanShutdownEvent {
  type: 'lifespan.shutdown';
}

/** Start-up is done: the server begins to listen. */
export interface LifespanStartupCompleteEvent {
  type: 'lifespan.startup.complete';
}

/** Start-up failed: the server logs `message` and exits. */
export interface LifespanStartupFailedEvent {
  type: 'lifespan.startup.failed';
  /** Default: empty. */
  message?: string;
}

/** Shut-down is done: the server may exit. */
export interface LifespanShutdownCompleteEvent {
  type: 'lifespan.shutdown.complete';
}

/** Shut-down failed: the server logs `message` and exits. */
export interface LifespanShutdownFailedEvent {
  type: 'lifespan.shutdown.failed';
  /** Default: empty. */
  message?: string;
}

/** What an app receives on an HTTP scope. */
export type HTTPReceiveEvent = HTTPRequestEvent | HTTPDisconnectEvent;
/** What an app receives on a WebSocket scope. */
export type WebSocketReceiveEvents = WebSocketConnectEvent | WebSocketReceiveEvent | WebSocketDisconnectEvent;
/** What an app receives on a lifespan scope. */
export type LifespanReceiveEvent = LifespanStartupEvent | LifespanShutdownEvent;

/** What an app sends on an HTTP scope. */
export type HTTPSendEvent =
  | HTTPResponseStartEvent
  | HTTPResponseBodyEvent
  | HTTPResponsePathSendEvent
  | HTTPResponseZeroCopySendEvent
  | HTTPResponseTrailersEvent
  | HTTPResponseEarlyHintEvent
  | HTTPResponsePushEvent
  | HTTPResponseDebugEvent;
/** What an app sends on a WebSocket scope. */
export type WebSocketSendEvents =
  | WebSocketAcceptEvent
  | WebSocketSendEvent
  | WebSocketCloseEvent
  | WebSocketResponseStartEvent
  | WebSocketResponseBodyEvent;
/** What an app sends on a lifespan scope. */
export type LifespanSendEvent =
  | LifespanStartupCompleteEvent
  | LifespanStartupFailedEvent
  | LifespanShutdownCompleteEvent
  | LifespanShutdownFailedEvent;

/** Every event from server to app, told apart by `type`. All fields are present. */
export type ReceiveEvent = HTTPReceiveEvent | WebSocketReceiveEvents | LifespanReceiveEvent;
/** Every event from app to server, told apart by `type`. Fields with a default may be left out. */
export type SendEvent = HTTPSendEvent | WebSocketSendEvents | LifespanSendEvent;
