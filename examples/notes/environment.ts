import { fileURLToPath } from 'node:url';
import type { StateOptions } from './state.js';

/** What the surroundings say: `NOTES_DATA`, by default `data` beside this file, and `NOTES_ORIGIN`. */
export const environment: StateOptions = {
  data: process.env.NOTES_DATA ?? fileURLToPath(new URL('data', import.meta.url)),
  origin: process.env.NOTES_ORIGIN,
};
