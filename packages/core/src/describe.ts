/** A value as a message names it: what it is, never the contents of an object; on one line, and not longer than one. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text ${JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)}`;
    case 'bigint':
      return `the bigint ${value}`;
    case 'function':
      return describeFunction(value);
    case 'object':
      return value === null ? 'null' : withArticle(classOf(value));
    default:
      return String(value);
  }
}

function describeFunction(value: object & { readonly name?: unknown }): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  // Responses and apps are functions too, and say what they are.
  if (!kind.endsWith('Function')) return withArticle(kind);
  return `a function (${typeof value.name === 'string' && value.name !== '' ? value.name : 'without a name'})`;
}

function classOf(value: object): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') return kind;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? name : 'object';
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
