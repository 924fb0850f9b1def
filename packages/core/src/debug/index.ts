export type { DebugRenderer, FailedRequest, PipelineStep } from '../debug-renderer.js';
export { DebugInProduction, type DebugPageOptions, debugPage } from './debug-page.js';
