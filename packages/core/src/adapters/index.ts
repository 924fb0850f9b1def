export type { CloseOptions, FetchFunction, OnUnhandled } from '../fetch/fetch-host.js';
export { LifespanFailed } from '../fetch/fetch-lifespan.js';
export { type FetchHandler, type FromFetchOptions, fromFetch } from './from-fetch.js';
export { type FetchApp, type ToFetchOptions, toFetch } from './to-fetch.js';
