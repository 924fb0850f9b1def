import { integer, milliseconds, text, texts, yesOrNo } from '../option-kinds.js';
import type { OptionTable } from '../option-table.js';

const SECOND = 1000;

/** The options of `pullo run` that `serve` does not have: they concern the loading of the app, and processes. */
export interface RunOptions {
  /** Whether the export makes the app when it is called, at once or by a promise. */
  factory: boolean;
  /** The folder that the module's path is relative to. */
  appDir: string;
  /** A file of variables; those that are set already win. */
  envFile: string | undefined;
  /** How many processes serve. */
  workers: number;
  /** How long the app of a worker may take to start before the worker is killed. */
  workerStartTimeout: number;
  /** How long the event loop of a worker may stand still before the worker is killed. */
  workerTimeout: number;
  /** Whether the app is started anew when a file changes. */
  reload: boolean;
  reloadDirs: readonly string[];
  reloadInclude: readonly string[];
  reloadExclude: readonly string[];
  reloadDelay: number;
}

export const RUN_OPTIONS: OptionTable<RunOptions> = {
  factory: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'App', help: 'call the export: it makes the app' },
  },
  appDir: {
    kind: text('the path of a folder'),
    default: '.',
    flag: { group: 'App', value: 'folder', help: 'folder that the module is looked up from' },
  },
  envFile: {
    kind: text('the path of a file'),
    default: undefined,
    flag: { group: 'App', value: 'file', help: 'file of variables; those that are set already win' },
  },
  workers: {
    kind: integer(1, 1024),
    default: 1,
    flag: {
      group: 'Processes',
      help: 'processes that serve',
      variable: 'WEB_CONCURRENCY',
      fallback: '$WEB_CONCURRENCY or 1',
    },
  },
  workerStartTimeout: {
    kind: milliseconds(1),
    default: 60 * SECOND,
    flag: { group: 'Processes', help: 'how long a worker may take to start before it is killed' },
  },
  workerTimeout: {
    kind: milliseconds(1),
    default: Number.POSITIVE_INFINITY,
    flag: { group: 'Processes', help: 'how long a worker may hang before it is killed' },
  },
  reload: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'Reload', help: 'start the app anew when a file changes' },
  },
  reloadDirs: {
    kind: texts('the paths of folders'),
    default: ['.'],
    flag: { group: 'Reload', name: 'reload-dir', value: 'folder', help: 'folder to watch; may be repeated' },
  },
  reloadInclude: {
    kind: texts('patterns of files'),
    default: ['*.ts', '*.mts', '*.cts', '*.tsx', '*.js', '*.mjs', '*.cjs', '*.jsx', '*.json', '.env'],
    flag: {
      group: 'Reload',
      value: 'pattern',
      help: 'files to watch; may be repeated',
      fallback: 'modules, *.json, .env',
    },
  },
  reloadExclude: {
    kind: texts('patterns of files and folders'),
    default: ['node_modules', '.*/'],
    flag: { group: 'Reload', value: 'pattern', help: 'files and folders not to watch; may be repeated' },
  },
  reloadDelay: {
    kind: milliseconds(10),
    default: 250,
    flag: { group: 'Reload', help: 'how often to look for changes' },
  },
};
