import { acceptedEncodings, acceptedLanguages, acceptedTypes } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'what the client accepts';

type Row = readonly [header: string | null, offers: readonly string[], taken: readonly string[]];

const types: readonly Row[] = [
  [null, ['a/b', 'c/d'], ['a/b', 'c/d']],
  ['', ['a/b'], ['a/b']],
  [null, [], []],
  ['*/*', ['a/b', 'c/d'], ['a/b', 'c/d']],
  ['text/html', ['application/json', 'text/html'], ['text/html']],
  ['text/html', ['application/json'], []],
  ['text/*', ['application/json', 'text/plain'], ['text/plain']],
  ['text/*, text/html;q=0', ['text/html'], []],
  ['text/*;q=0.5, text/html;q=0.4', ['text/html', 'text/plain'], ['text/plain', 'text/html']],
  ['text/html, application/json', ['application/json', 'text/html'], ['application/json', 'text/html']],
  [
    'application/json;q=0.5, text/html;q=0.9',
    ['application/json', 'text/html'],
    ['text/html', 'application/json'],
  ],
  [
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    ['application/json', 'text/html'],
    ['text/html', 'application/json'],
  ],
  ['*/*;q=0.1', ['a/b'], ['a/b']],
  ['*/*;q=0', ['a/b'], []],
  ['TEXT/HTML', ['text/html'], ['text/html']],
  ['text/html', ['Text/HTML'], ['Text/HTML']],
  [
    'text/html;level=1, text/html;q=0.5',
    ['text/html', 'text/html;level=1'],
    ['text/html;level=1', 'text/html'],
  ],
  ['text/html;q=2', ['text/html'], []],
  ['text/html;q=x', ['text/html'], []],
  ['text/html ; Q=0.5 , a/b;q=0.7', ['text/html', 'a/b'], ['a/b', 'text/html']],
  [',,text/html,,', ['text/html'], ['text/html']],
  ['text', ['text/html'], []],
  ['texts/*', ['text/html'], []],
];

const encodings: readonly Row[] = [
  [null, ['gzip', 'identity'], ['identity']],
  [null, ['gzip'], []],
  ['', ['gzip', 'identity'], ['identity']],
  ['', ['gzip'], []],
  ['gzip', ['br', 'gzip'], ['gzip']],
  ['gzip, br', ['br', 'gzip'], ['br', 'gzip']],
  ['gzip;q=0.5, br;q=0.2', ['br', 'gzip'], ['gzip', 'br']],
  ['gzip;q=0.001', ['identity', 'gzip'], ['gzip', 'identity']],
  ['gzip;q=0', ['gzip', 'identity'], ['identity']],
  ['gzip', ['identity'], ['identity']],
  ['identity;q=0', ['identity'], []],
  ['*;q=0', ['identity', 'gzip'], []],
  ['*', ['br', 'identity'], ['br', 'identity']],
  ['*, br;q=0', ['br', 'gzip'], ['gzip']],
  ['br;q=0.000, gzip', ['br', 'gzip'], ['gzip']],
  ['br; q=1.0 , gzip;q=1', ['gzip', 'br'], ['gzip', 'br']],
  ['br;q=high', ['br'], []],
  ['GZIP', ['gzip'], ['gzip']],
  ['x-gzip', ['gzip'], ['gzip']],
];

const languages: readonly Row[] = [
  [null, ['fi', 'en'], ['fi', 'en']],
  ['en', ['fi', 'en'], ['en']],
  ['de', ['de-AT'], ['de-AT']],
  ['de-AT', ['en', 'de'], ['de']],
  ['de-AT, de;q=0.8, en;q=0.9', ['en', 'de'], ['en', 'de']],
  ['en-US,en;q=0.5,fi;q=0.9', ['en', 'fi'], ['fi', 'en']],
  ['deu', ['de'], []],
  ['EN-gb', ['en-GB'], ['en-GB']],
  ['*', ['sv'], ['sv']],
  ['*;q=0.5, sv;q=0', ['sv', 'fi'], ['fi']],
];

const tables = [
  [acceptedTypes, types],
  [acceptedEncodings, encodings],
  [acceptedLanguages, languages],
] as const;

export const cases: readonly Case[] = tables.flatMap(([accepted, rows]) =>
  rows.map(([header, offers, taken]) => ({
    title: `${accepted.name}: of ${offers.join(' and ') || 'nothing'}, ${JSON.stringify(header)} takes ${taken.join(', then ') || 'none'}`,
    run: () => assertEqual(accepted(header, offers), taken),
  })),
);
