/** The bodies that the parsers are measured on: each a list of chunks, and what it holds. */

export const BOUNDARY = '----WebKitFormBoundaryAbCdEfGhIjKlMnOp';
const MiB = 1024 * 1024;

const bytes = (text) => new TextEncoder().encode(text);

function body(parts) {
  const pieces = [];
  for (const { name, filename, content } of parts) {
    const file =
      filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: application/octet-stream`;
    pieces.push(
      bytes(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`),
      content,
      bytes('\r\n'),
    );
  }
  pieces.push(bytes(`--${BOUNDARY}--\r\n`));
  return Buffer.concat(pieces);
}

function chunks(whole, size = 64 * 1024) {
  const list = [];
  for (let at = 0; at < whole.length; at += size) list.push(whole.subarray(at, at + size));
  return list;
}

/** The same on every run: xorshift. */
function noise(length) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = 0x9e3779b9;
  for (let at = 0; at < words.length; at++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[at] = x;
  }
  return new Uint8Array(words.buffer, 0, length);
}

function repeated(text, length) {
  return bytes(text.repeat(Math.ceil(length / text.length))).subarray(0, length);
}

const file = (content) => [{ name: 'f', filename: 'f.bin', content }];
const input = (whole, parts, content, size) => ({
  chunks: chunks(whole, size),
  parts,
  content,
  bytes: whole.length,
});

export const inputs = {
  '100 small fields': () => {
    const parts = Array.from({ length: 100 }, (_, at) => ({
      name: `field${at}`,
      content: bytes(`value ${at}`),
    }));
    return input(
      body(parts),
      100,
      parts.reduce((sum, part) => sum + part.content.length, 0),
    );
  },
  'one file, 100 MiB': () => input(body(file(noise(100 * MiB))), 1, 100 * MiB),
  '1,000 files, 1 KiB': () => {
    const content = noise(1024);
    const parts = Array.from({ length: 1000 }, (_, at) => ({ name: 'f', filename: `${at}.bin`, content }));
    return input(body(parts), 1000, 1000 * 1024);
  },
  'hostile: all CR, 16 MiB': () => input(body(file(repeated('\r', 16 * MiB))), 1, 16 * MiB),
  'hostile: near boundaries, 16 MiB': () => {
    return input(body(file(repeated(`\r\n--${BOUNDARY.slice(0, -1)}`, 16 * MiB))), 1, 16 * MiB);
  },
  'hostile: byte by byte, 1 MiB': () =>
    input(body(file(repeated(`\r\n--${BOUNDARY.slice(0, -1)}`, MiB))), 1, MiB, 1),
};
