export { type TemporaryFilesOptions, temporaryFiles } from './temporary-files.js';
