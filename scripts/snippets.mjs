// Takes the TypeScript examples out of the documentation and the doc comments, so that each is compiled as the module it is.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup.mjs';

const target = join(root, '.snippets');
/** `norun` stands behind those of the guide that are compiled, but not run by `tests/guide.test.ts`: they wait for requests. */
const FENCE = /^```ts(?: norun)?\n(.*?)^```$/gms;
const DOC_COMMENT = /^[ \t]*\/\*\*.*?\*\//gms;

/** Writes each example to a file named after the place it stands in; answers how many there are. */
export function writeSnippets() {
  rmSync(target, { recursive: true, force: true });
  const documents = find(['.', 'docs', 'packages', 'examples'], '.md').map((file) => [file, read(file)]);
  const comments = find(['packages'], '.ts')
    .filter((file) => /^packages\/[^/]+\/src\//.test(file))
    .map((file) => [file, docComments(read(file))]);

  let count = 0;
  for (const [file, text] of [...documents, ...comments]) {
    for (const fence of text.matchAll(FENCE)) {
      const line = text.slice(0, fence.index).split('\n').length;
      const path = join(target, `${file}.${line}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${fence[1]}\nexport {};\n`);
      count++;
    }
  }
  return count;
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

/** The file with everything blank but the text of its doc comments, so that line numbers stay. */
function docComments(source) {
  const lines = source.split('\n').map(() => '');
  for (const comment of source.matchAll(DOC_COMMENT)) {
    const first = source.slice(0, comment.index).split('\n').length - 1;
    for (const [index, line] of comment[0].split('\n').entries()) {
      lines[first + index] = line.replace(/^[ \t]*\*\/?[ ]?/, '');
    }
  }
  return lines.join('\n');
}

/** The files below folders, those at the root for `.`; what is installed or built is not looked into. */
function find(folders, extension) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return path.endsWith(extension) ? [path] : [];
      return folder === '.' || ['node_modules', 'dist'].includes(entry.name) ? [] : find([path], extension);
    }),
  );
}
