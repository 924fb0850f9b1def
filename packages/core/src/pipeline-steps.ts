import type { PipelineStep } from './debug-renderer.js';
import type { Run } from './run.js';

/** What a request goes through, for those who look into its failure. */
export function pipelineSteps({ application, route, failedIn }: Run): PipelineStep[] {
  const layers = application.layersOf(route);
  const steps: PipelineStep[] = layers.map((layer) => {
    return { kind: layer.kind, name: layer.source.name, failed: layer === failedIn };
  });
  if (route === undefined) return steps;
  const name = `${route.methods.join(', ')} ${route.pattern}`;
  return [...steps, { kind: 'handler', name, failed: failedIn === undefined }];
}
