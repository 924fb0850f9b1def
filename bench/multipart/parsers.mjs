import { Readable } from 'node:stream';
import { Busboy as FastifyBusboy } from '@fastify/busboy';
import { parseMultipartStream } from '@remix-run/multipart-parser';
import busboy from 'busboy';
import { Response as UndiciResponse } from 'undici';
import { Request } from '../../packages/request/dist/index.js';
import { BOUNDARY } from './inputs.mjs';

const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const MANY = Number.MAX_SAFE_INTEGER;
const limits = { maxBytes: MANY, maxFileBytes: MANY, maxFileMemoryBytes: MANY, maxFieldBytes: MANY };

function pulloRequest(chunks) {
  let at = 0;
  const scope = { type: 'http', method: 'POST', headers: [['content-type', TYPE]], exchange: {} };
  return new Request(scope, async () => ({
    type: 'http.request',
    body: chunks[at++],
    moreBody: at < chunks.length,
  }));
}

/** Runs one of the busboys, which take a Node stream by hand. */
function drive(parser, chunks) {
  return new Promise((resolve, reject) => {
    let parts = 0;
    let content = 0;
    parser.on('file', (_, stream) => {
      parts++;
      stream.on('data', (chunk) => (content += chunk.length));
    });
    parser.on('field', (_, value) => {
      parts++;
      content += value.length;
    });
    parser.on('error', reject);
    parser.on('finish', () => resolve({ parts, content }));
    Readable.from(chunks, { objectMode: false }).pipe(parser);
  });
}

function webStream(chunks) {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at === chunks.length) controller.close();
        else controller.enqueue(chunks[at++]);
      },
    },
    { highWaterMark: 0 },
  );
}

async function countForm(form) {
  let parts = 0;
  let content = 0;
  for (const [, value] of form) {
    parts++;
    content += typeof value === 'string' ? value.length : value.size;
  }
  return { parts, content };
}

/** Each takes chunks and says how many parts, and bytes in them, it found. */
export const parsers = {
  'pullo parts()': async (chunks) => {
    let parts = 0;
    let content = 0;
    for await (const part of pulloRequest(chunks).parts(limits)) {
      parts++;
      for await (const piece of part.stream()) content += piece.byteLength;
    }
    return { parts, content };
  },
  'pullo formData()': async (chunks) => countForm(await pulloRequest(chunks).formData(limits)),
  busboy: (chunks) =>
    drive(busboy({ headers: { 'content-type': TYPE }, limits: { fields: MANY, files: MANY } }), chunks),
  '@fastify/busboy': (chunks) => drive(new FastifyBusboy({ headers: { 'content-type': TYPE } }), chunks),
  '@remix-run/multipart-parser': async (chunks) => {
    let parts = 0;
    let content = 0;
    const options = { boundary: BOUNDARY, maxFileSize: MANY, maxTotalSize: MANY, maxParts: MANY };
    for await (const part of parseMultipartStream(webStream(chunks), options)) {
      parts++;
      content += part.size;
    }
    return { parts, content };
  },
  'undici formData()': async (chunks) => {
    const response = new UndiciResponse(webStream(chunks), { headers: { 'content-type': TYPE } });
    return countForm(await response.formData());
  },
};
