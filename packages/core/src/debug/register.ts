// Imported for what it does: from here on the apps of this process that have no `debug` option of their own show the debug page.
// `pullo dev` imports it, and so does `node --import @pullo/core/debug/register app.js`.
import { registerDebug } from '../debug-renderer.js';
import { debugPage } from './debug-page.js';

registerDebug(debugPage());
