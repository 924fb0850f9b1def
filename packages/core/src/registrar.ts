import { PipelineError } from './errors.js';
import type { AnyHandler } from './pipeline.js';

/** Registers the functions it is given and hands them back; on a method it is a standard decorator. */
export function registrar(register: (handler: AnyHandler) => void) {
  return <H extends AnyHandler>(handler: H, context?: ClassMethodDecoratorContext): H => {
    if (context === undefined) {
      register(handler);
      return handler;
    }
    if (typeof context !== 'object' || typeof context.addInitializer !== 'function') {
      throw new PipelineError(
        'route() is an ECMAScript decorator, and was called as another kind: take experimentalDecorators out of the TypeScript options.',
      );
    }
    if (context.kind !== 'method') {
      throw new PipelineError(
        `route() decorates methods, and "${String(context.name)}" is a ${context.kind}.`,
      );
    }
    let registered = false;
    context.addInitializer(function (this: unknown) {
      if (registered) throw secondInstance(this);
      registered = true;
      register(handler.bind(this));
    });
    return handler;
  };
}

function secondInstance(instance: unknown): PipelineError {
  const name = (instance as object).constructor.name;
  return new PipelineError(
    `The class ${name} has decorated routes, which its first instance has registered: make one instance only.`,
  );
}
