export {
  type FetchHandler,
  type FetchObject,
  type FromFetchOptions,
  fromFetch,
  isFetchObject,
} from './from-fetch.js';
export { useLightFetch } from './light-fetch.js';
