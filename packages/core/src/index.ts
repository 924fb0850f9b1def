export {
  type App,
  BadPath,
  ClientDisconnected,
  HeaderList,
  Headers,
  type Receive,
  RequestTimeout,
  type Scope,
  type Send,
  ServerShutdown,
  UnsupportedScope,
} from '@pullo/asgi';
export { Request, type RequestOptions } from '@pullo/request';
export * from '@pullo/response';
export type { PathParams } from '@pullo/router';
export { type CloseInfo, InvalidClose } from './close-code.js';
export type { BaseContext, Context, ContextOf, Empty, RouteInfo } from './context.js';
export type { DebugRenderer, FailedRequest, PipelineStep } from './debug-renderer.js';
export type {
  AppDescription,
  ErrorHandlerDescription,
  MiddlewareDescription,
  RouteDescription,
} from './describe-app.js';
export { type ErrorFormat, errorFormat } from './error-format.js';
export { type ErrorResponseOptions, errorResponse } from './error-response.js';
export type { ErrorClass, ErrorHandler } from './error-scope.js';
export { HTTPError, type HTTPErrorOptions, PipelineError } from './errors.js';
export type { CloseOptions, FetchFunction, OnUnhandled } from './fetch/fetch-host.js';
export { LifespanFailed } from './fetch/fetch-lifespan.js';
export type { Handler, HandlerResult, JSONObject } from './handler.js';
export type { AcceptOptions } from './handshake.js';
export type { Lifespan } from './lifespan.js';
export type { Middleware, MiddlewareResult, Next } from './middleware.js';
export type { MountOptions } from './mount.js';
export { type MiddlewareAbout, named } from './named.js';
export type { Origins } from './origin.js';
export type { ProblemDetails } from './problem.js';
export { statusOf } from './problem-view.js';
export { Pullo } from './pullo.js';
export type { PulloOptions } from './pullo-options.js';
export type { MethodOptions, RouteOptions, RouteRegistrar } from './routing.js';
export { Socket, WebSocketDisconnected, type WebSocketMessage } from './socket.js';
export type {
  WebSocketContext,
  WebSocketContextOf,
  WebSocketHandler,
  WebSocketOptions,
  WebSocketResult,
} from './websocket-handler.js';
