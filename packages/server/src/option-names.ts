/** What an option is called where it was given: by its name in a program, by its flag or its variable on the command line. */
export type NameOf = (option: string) => string;

/** As a program gives them. */
export const inProgram: NameOf = (option) => option;

/** The same as the first word of a message. */
export function subject(name: string): string {
  return /^[a-z]/.test(name) ? `Option ${name}` : name;
}
