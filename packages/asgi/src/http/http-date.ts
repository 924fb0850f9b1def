const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
/** The three forms of an HTTP date that are to be read, of which only the first is to be written. */
const FORMS = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * A time as a header field has it, in whole seconds: the earlier one for a fraction (RFC 9110, section 5.6.7).
 *
 * @example
 * ```ts
 * import { formatHTTPDate } from '@pullo/asgi/http';
 *
 * formatHTTPDate(new Date('2026-03-01T12:00:00.999Z')); // 'Sun, 01 Mar 2026 12:00:00 GMT'
 * ```
 */
export function formatHTTPDate(date: Date): string {
  return date.toUTCString();
}

/**
 * The time that a header field names in any of HTTP's three forms, or `null` for what is no HTTP date (RFC 9110, section 5.6.7).
 *
 * `Date.parse` is no substitute: it reads `2030`, and takes a date without a zone for local time.
 *
 * @example
 * ```ts
 * import { parseHTTPDate } from '@pullo/asgi/http';
 *
 * parseHTTPDate('Sun, 01 Mar 2026 12:00:00 GMT')?.getTime(); // 1772366400000
 * parseHTTPDate('2026-03-01'); // null
 * ```
 */
export function parseHTTPDate(text: string): Date | null {
  const trimmed = text.trim();
  for (const form of FORMS) {
    const parts = form.exec(trimmed)?.groups;
    if (parts !== undefined) return dateOf(parts);
  }
  return null;
}

function dateOf(parts: Readonly<Record<string, string>>): Date | null {
  const { day, month = '', year = '', hour, minute, second } = parts;
  const date = new Date(0);
  date.setUTCFullYear(fullYear(year), MONTHS.indexOf(month), Number(day));
  // A month that is none, or a day that its month does not have, ends up in another one.
  if (MONTHS[date.getUTCMonth()] !== month || date.getUTCDate() !== Number(day)) return null;
  // 60 is a leap second.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return date;
}

/** Two digits mean the last year that has them and is at most 50 years ahead (RFC 9110, section 5.6.7). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits);
  const latest = new Date().getUTCFullYear() + 50;
  return latest - ((latest - Number(digits)) % 100);
}
