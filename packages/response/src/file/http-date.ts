const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
/** The three forms of an HTTP date that are to be read, of which only the first is to be written (RFC 9110, section 5.6.7). */
const FORMS = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/** A time as a header has it, in whole seconds. */
export function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

/** The time of a header in milliseconds, or `null` for what is no HTTP date. */
export function parseHTTPDate(text: string): number | null {
  for (const form of FORMS) {
    const parts = form.exec(text.trim())?.groups;
    if (parts === undefined) continue;
    const month = MONTHS.indexOf(parts.month ?? '');
    if (month === -1) return null;
    const time = Date.UTC(
      fullYear(parts.year ?? ''),
      month,
      Number(parts.day),
      Number(parts.hour),
      Number(parts.minute),
      Number(parts.second),
    );
    return Number.isNaN(time) ? null : time;
  }
  return null;
}

/** Two digits that would be more than 50 years ahead are in the past (RFC 9110, section 5.6.7). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits);
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + Number(digits);
  return year > now + 50 ? year - 100 : year;
}
