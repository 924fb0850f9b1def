/** The text of a field; of one that is missing, or is a file, nothing. */
export function readField(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
