export { FileChanged, FileNotFound } from './errors.js';
export { type FileInit, FileResponse } from './file-response.js';
export type { Precompression } from './precompression.js';
export { type StaticFilesOptions, staticFiles } from './static-files.js';
export type { Dotfiles } from './static-path.js';
