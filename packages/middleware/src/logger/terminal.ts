/** The part of Node's `process` that is wanted here. Bun, Deno and Workers with `nodejs_compat` have it too. */
declare const process: { stdout?: { isTTY?: boolean }; env?: { NO_COLOR?: string } } | undefined;
/** Deno asks its user before it lets a program read the environment; this it gives without. */
declare const Deno: { readonly noColor: boolean } | undefined;

/** Whether somebody is looking: standard output is a terminal. */
export function isTerminal(): boolean {
  return typeof process !== 'undefined' && process.stdout?.isTTY === true;
}

/** Whether whoever looks wants colours: `NO_COLOR` is not set (no-color.org). */
export function wantsColour(): boolean {
  if (typeof Deno !== 'undefined') return !Deno.noColor;
  return typeof process === 'undefined' || !process.env?.NO_COLOR;
}
