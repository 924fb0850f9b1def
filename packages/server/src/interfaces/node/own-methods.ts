/**
 * The methods of a class, to be put into its instances: Express gives request and response other prototypes, and with them would go all
 * that the class overrides.
 */
export function ownMethods(type: { readonly prototype: object }): Readonly<Record<string, unknown>> {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(type.prototype);
  return Object.fromEntries(Object.entries(methods).map(([name, { value }]) => [name, value]));
}
