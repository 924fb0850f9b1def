/**
 * What could end a line, move the cursor or turn the direction of the text: controls, line and paragraph separators, marks of format and
 * direction, and halves of characters.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as a log may show it: what is in a request cannot forge a line of its own (CWE-117). */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** As JSON and JavaScript write it, by code unit. */
function escaped(char: string): string {
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
