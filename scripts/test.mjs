// `npm test`: sets everything up and runs every check. The last line counts them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setUpPrograms } from './programs.mjs';
import { cache, setUp, tool } from './setup.mjs';
import { writeSnippets } from './snippets.mjs';

setUp();

const report = join(cache, 'vitest.json');
mkdirSync(cache, { recursive: true });
rmSync(report, { force: true });

console.log(`\n> snippets: ${writeSnippets()} examples of the documentation to check`);
const checks = [
  setUpPrograms(),
  tool('format and lint', 'biome', ['ci', '.']),
  tool('types of tests and examples', 'tsc', ['-p', 'tsconfig.tests.json']),
  tool('types of the examples in the documentation', 'tsc', ['-p', 'tsconfig.snippets.json']),
  tool('tests', 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]),
];

const tests = readReport();
const passed = checks.filter(Boolean).length + tests.passed;
const failed = checks.filter((ok) => !ok).length + tests.failed;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readReport() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch (error) {
    console.error(`The tests left no report: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
