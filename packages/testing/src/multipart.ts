import { randomUUID } from 'node:crypto';
import type { RequestBody } from './request-body.js';

type FormEntry = readonly [name: string, value: string | (Blob & { name?: string })];

/** Whether this is a `FormData`, of the platform or of any copy of undici. */
export function isFormData(body: unknown): body is Iterable<FormEntry> {
  return (
    typeof body === 'object' &&
    body !== null &&
    Object.prototype.toString.call(body) === '[object FormData]' &&
    Symbol.iterator in body &&
    'getAll' in body
  );
}

/**
 * A form as `multipart/form-data`, as a browser writes it: the
 * {@link https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data | multipart/form-data encoding algorithm}.
 */
export function multipart(form: Iterable<FormEntry>): RequestBody {
  const boundary = `----formdata-pullo-${randomUUID()}`;
  const parts: (Buffer | Blob)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(toCRLF(name))}"`;
    if (typeof value === 'string') {
      parts.push(Buffer.from(`${head}\r\n\r\n${toCRLF(value)}\r\n`));
      continue;
    }
    const file = `; filename="${escapeName(value.name ?? 'blob')}"`;
    const type = value.type || 'application/octet-stream';
    parts.push(Buffer.from(`${head}${file}\r\nContent-Type: ${type}\r\n\r\n`), value, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: parts.reduce((sum, part) => sum + (part instanceof Blob ? part.size : part.length), 0),
    source: read(parts),
  };
}

async function* read(parts: readonly (Buffer | Blob)[]): AsyncIterable<unknown> {
  for (const part of parts) {
    if (part instanceof Blob) yield* part.stream();
    else yield part;
  }
}

function toCRLF(text: string): string {
  return text.replace(/\r?\n|\r/g, '\r\n');
}

function escapeName(name: string): string {
  return name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}
