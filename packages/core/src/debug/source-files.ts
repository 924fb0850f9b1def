import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Frame } from './frame.js';

/** The lines around one of a file. */
export interface Excerpt {
  /** The number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

const LINES_AROUND = 5;
/** Of a bundle one line may be the whole program. */
const MAX_LINE = 300;
const MAP_COMMENT = /^[ \t]*\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm;
const INLINE_MAP = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

interface Mapped {
  readonly map: SourceMap;
  /** What its sources are relative to. */
  readonly folder: string;
  readonly contents: ReadonlyMap<string, string>;
}

/** The files behind the frames of one report: each is read once. What cannot be read is not there. */
export class SourceFiles {
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #maps = new Map<string, Promise<Mapped | undefined>>();
  /** What source maps say was compiled, which may not be on the disk, or not any more. */
  readonly #contents = new Map<string, string>();

  /** The frame in the source that a compiled file was made of, by its source map; the frame itself where there is none. */
  async original(frame: Frame): Promise<Frame> {
    if (frame.file === undefined) return frame;
    const mapped = await this.#map(frame.file);
    const entry = mapped?.map.findEntry(frame.line - 1, frame.column - 1);
    if (mapped === undefined || entry === undefined || !('originalSource' in entry)) return frame;
    const file = sourcePath(entry.originalSource, mapped.folder);
    if (file === undefined) return frame;
    const content = mapped.contents.get(entry.originalSource);
    if (content) this.#contents.set(file, content);
    return { ...frame, file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }

  /** The lines around that of a frame; `undefined` if they cannot be read. */
  async excerpt({ file, line }: Frame): Promise<Excerpt | undefined> {
    if (file === undefined) return undefined;
    const text = this.#contents.get(file) ?? (await this.#text(file));
    if (text === undefined) return undefined;
    const all = text.split(/\r?\n/);
    if (line < 1 || line > all.length) return undefined;
    const first = Math.max(1, line - LINES_AROUND);
    const lines = all.slice(first - 1, line + LINES_AROUND);
    return {
      first,
      lines: lines.map((text) => (text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text)),
    };
  }

  #text(file: string): Promise<string | undefined> {
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readText(file);
      this.#texts.set(file, text);
    }
    return text;
  }

  #map(file: string): Promise<Mapped | undefined> {
    let map = this.#maps.get(file);
    if (map === undefined) {
      map = this.#readMap(file);
      this.#maps.set(file, map);
    }
    return map;
  }

  async #readMap(file: string): Promise<Mapped | undefined> {
    // A file that has been mapped already, by Node's --enable-source-maps or a loader, is a source and names no map.
    const reference = [...((await this.#text(file)) ?? '').matchAll(MAP_COMMENT)].at(-1)?.[1];
    if (reference === undefined) return undefined;
    try {
      const inline = INLINE_MAP.exec(reference);
      if (inline !== null) {
        const [, base64, data = ''] = inline;
        const json = base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString();
        return parseMap(json, file);
      }
      const path = fileURLToPath(new URL(reference, pathToFileURL(file)));
      const json = await readText(path);
      return json === undefined ? undefined : parseMap(json, path);
    } catch {
      // A map that cannot be read: the compiled file is shown.
      return undefined;
    }
  }
}

function parseMap(json: string, file: string): Mapped {
  const payload: SourceMapPayload = JSON.parse(json);
  const { sources, sourcesContent = [], sourceRoot = '' } = payload;
  const contents = new Map(sources.map((source, index) => [source, sourcesContent[index] ?? '']));
  return { map: new SourceMap(payload), folder: resolve(dirname(file), sourceRoot), contents };
}

/** `undefined` for a source that is no file, such as `webpack:///x.ts`. */
function sourcePath(source: string, folder: string): string | undefined {
  if (source.startsWith('file:')) return fileURLToPath(source);
  return /^[a-z][a-z\d+.-]+:/i.test(source) ? undefined : resolve(folder, source);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
