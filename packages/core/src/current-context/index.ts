export { contextStorage, currentContext, NoCurrentContext } from './current-context.js';
