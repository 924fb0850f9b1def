import { STATUS_CODES } from 'node:http';
import { addDefaults } from './default-headers.js';
import type { Refusal } from './refusal.js';
import type { Service } from './service.js';

/** The last answer of an HTTP/1 connection, in the server's own name. */
export function refusalText(
  { status, message, headers }: Refusal,
  service: Service,
): { head: string; body: string } {
  const body = `${message}\n`;
  const fields = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  fields.push('Connection', 'close', ...headers);
  if (service.settings.dateHeader) fields.push('Date', new Date().toUTCString());
  addDefaults(fields, service.defaults);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return { head: `${head}\r\n`, body };
}
