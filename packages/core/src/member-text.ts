/** The value of a member of problem details on one line: text as it is, unless it has line ends or other controls. */
export function memberText(value: unknown): string {
  if (typeof value === 'string' && !/\p{Cc}/u.test(value)) return value;
  return JSON.stringify(value) ?? String(value);
}
