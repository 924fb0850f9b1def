/**
 * Gives a light class the members of the platform's that it has none of its own for: they are the real object's, which
 * `realOf` makes. So nothing is missing, whatever the platform's class has or will have.
 */
export function borrowRest<Light extends object>(
  light: Light,
  platform: object,
  realOf: (self: Light) => object,
): void {
  for (const key of Reflect.ownKeys(platform)) {
    if (Object.hasOwn(light, key)) continue;
    const { value, get } = Object.getOwnPropertyDescriptor(platform, key) as PropertyDescriptor;
    if (typeof value === 'function') {
      const method = function (this: Light, ...args: unknown[]): unknown {
        return Reflect.apply(value, realOf(this), args);
      };
      Object.defineProperty(light, key, { value: method, configurable: true, writable: true });
    } else if (get !== undefined) {
      const getter = function (this: Light): unknown {
        return Reflect.apply(get, realOf(this), []);
      };
      Object.defineProperty(light, key, { get: getter, configurable: true, enumerable: true });
    }
  }
  Object.setPrototypeOf(light, platform);
}

type Class = abstract new (...args: never[]) => object;

/** Lets a class stand in the place of the platform's: it has its name and static members, and what the platform makes is one too, for `instanceof`. */
export function standFor(light: Class, platform: Class): void {
  if (Object.getPrototypeOf(light) === Function.prototype) Object.setPrototypeOf(light, platform);
  Object.defineProperty(light, 'name', { value: platform.name, configurable: true });
  Object.defineProperty(light, Symbol.hasInstance, {
    // A class over the light one inherits this.
    value(this: unknown, value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(this === light ? platform : this, value);
    },
  });
}
