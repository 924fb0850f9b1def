import { joinPatterns } from '@pullo/router';
import { describeValue } from './describe.js';
import { ErrorScope } from './error-scope.js';
import { PipelineError } from './errors.js';
import { compose, type Layer } from './pipeline.js';
import type { Chain, Run } from './run.js';

/** An app, a group of it, or a branch made by `with`: a prefix, layers and error handlers, on top of its parent's. */
export class Branch {
  readonly prefix: string;
  readonly errors: ErrorScope;
  /** The groups and branches of it, in the order in which they were made. */
  readonly children: Branch[] = [];
  readonly #parent: Branch | undefined;
  readonly #own: Layer[] = [];
  /** What has been registered first: its layers are fixed from then on. */
  #sealedBy: string | undefined;
  #pipeline: Chain | undefined;

  constructor(parent?: Branch, prefix = '') {
    this.#parent = parent;
    this.prefix = (parent?.prefix ?? '') + prefix;
    this.errors = new ErrorScope(parent?.errors);
    parent?.children.push(this);
  }

  /** From the app's layers inward. */
  get layers(): readonly Layer[] {
    return this.#parent === undefined ? this.#own : [...this.#parent.layers, ...this.#own];
  }

  /** The same layers, and the prefix of the app or group that each was added to. */
  get placedLayers(): readonly { readonly layer: Layer; readonly prefix: string }[] {
    const own = this.#own.map((layer) => ({ layer, prefix: this.prefix }));
    return this.#parent === undefined ? own : [...this.#parent.placedLayers, ...own];
  }

  add(layer: Layer, call: string): void {
    if (this.#sealedBy !== undefined) {
      throw new PipelineError(
        `${call} comes after ${this.#sealedBy}, which would go without it: move it before, or use with() for the routes that follow.`,
      );
    }
    this.#own.push(layer);
  }

  seal(by: string): void {
    this.#sealedBy ??= by;
  }

  /** The pattern of a route in this branch: `/` in a group is the group's prefix itself. */
  resolve(path: string): string {
    if (typeof path !== 'string') {
      throw new PipelineError(`The path of a route is a text, not ${describeValue(path)}.`);
    }
    return joinPatterns(this.prefix, path);
  }

  /** The pipeline for a request that no route answers. */
  get pipeline(): Chain {
    this.seal('the first request');
    this.#pipeline ??= compose(this.layers, endOf);
    return this.#pipeline;
  }
}

/** The end of every chain: the run's own, which is the handler, or a 404, 405, OPTIONS or redirect in its place. */
export function endOf(run: Run): ReturnType<Chain> {
  return run.end(run);
}
