type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a light class says of its objects. */
interface Kind<Light extends object> {
  isLight(value: unknown): value is Light;
  /** The real object, made on demand. */
  realOf(light: Light): object;
}

/**
 * Gives a light class the members of the platform's that it has none of its own for: they are the real object's. So nothing is
 * missing, whatever the platform's class has or will have. All members are as enumerable as there, and take an object of the
 * platform's too: code that has them from the prototype calls them on what `fetch` gave.
 */
export function borrowRest<Light extends object>(light: object, platform: object, kind: Kind<Light>): void {
  for (const key of Reflect.ownKeys(platform)) {
    if (key === 'constructor') continue;
    const theirs = Object.getOwnPropertyDescriptor(platform, key) as PropertyDescriptor;
    const ours = Object.getOwnPropertyDescriptor(light, key);
    if (typeof theirs.value === 'function') {
      Object.defineProperty(light, key, { ...theirs, value: shared(theirs.value, ours?.value, kind) });
    } else if (theirs.get !== undefined) {
      Object.defineProperty(light, key, { ...theirs, get: shared(theirs.get, ours?.get, kind) });
    }
  }
  Object.setPrototypeOf(light, platform);
}

function shared<Light extends object>(
  theirs: Method,
  ours: Method | undefined,
  { isLight, realOf }: Kind<Light>,
): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (!isLight(this)) return Reflect.apply(theirs, this, args);
    if (ours !== undefined) return Reflect.apply(ours, this, args);
    return Reflect.apply(theirs, realOf(this), args);
  };
}

type Class = abstract new (...args: never[]) => object;

/** Lets a class stand in the place of the platform's: it has its name and static members, and what the platform makes is one too, for `instanceof`. */
export function standFor(light: Class, platform: Class): void {
  if (Object.getPrototypeOf(light) === Function.prototype) Object.setPrototypeOf(light, platform);
  Object.defineProperty(light, 'name', { value: platform.name, configurable: true });
  Object.defineProperty(light, Symbol.hasInstance, {
    // A class over the light one inherits this.
    value(this: unknown, value: unknown): boolean {
      return this === light
        ? value instanceof platform
        : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
