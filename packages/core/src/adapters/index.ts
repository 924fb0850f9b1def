export { type FetchHandler, type FetchObject, type FromFetchOptions, fromFetch } from '@pullo/asgi/fetch';
export type { CloseOptions, FetchFunction, OnUnhandled } from '../fetch/fetch-host.js';
export { LifespanFailed } from '../fetch/fetch-lifespan.js';
export { type FetchApp, type ToFetchOptions, toFetch } from './to-fetch.js';
