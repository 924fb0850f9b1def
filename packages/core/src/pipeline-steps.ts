import type { PipelineStep } from './debug-renderer.js';
import { Mount } from './mount.js';
import type { Layer } from './pipeline.js';
import type { Run } from './run.js';

/** What a request goes through, for those who look into its failure: the app's own layers where no route has matched. */
export function pipelineSteps({ application, route, failedIn }: Run): PipelineStep[] {
  const entry = application.registered.find(({ info }) => info === route);
  if (entry === undefined) return application.root.layers.map((layer) => stepOf(layer, failedIn));
  const isMount = entry instanceof Mount;
  const layers = isMount ? entry.branch.layers : entry.layers;
  const { methods, pattern } = entry.info;
  const name = isMount ? pattern : entry.handlerName || `${methods.join(', ')} ${pattern}`;
  const end: PipelineStep = { kind: isMount ? 'app' : 'handler', name, failed: failedIn === undefined };
  return [...layers.map((layer) => stepOf(layer, failedIn)), end];
}

function stepOf(layer: Layer, failedIn: Layer | undefined): PipelineStep {
  return { kind: layer.kind, name: layer.source.name, failed: layer === failedIn };
}
