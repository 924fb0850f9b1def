import { assertEqual, type Case } from './assert.ts';
import { makeRequest } from './make.ts';

type Row = readonly [header: string | null, offers: readonly string[], best: string | null];

const types: readonly Row[] = [
  [null, ['a/b', 'c/d'], 'a/b'],
  ['', ['a/b'], 'a/b'],
  [null, [], null],
  ['*/*', ['a/b', 'c/d'], 'a/b'],
  ['text/html', ['application/json', 'text/html'], 'text/html'],
  ['text/html', ['application/json'], null],
  ['text/*', ['application/json', 'text/plain'], 'text/plain'],
  ['text/*, text/html;q=0', ['text/html'], null],
  ['text/*;q=0.5, text/html;q=0.4', ['text/html', 'text/plain'], 'text/plain'],
  ['text/html, application/json', ['application/json', 'text/html'], 'application/json'],
  ['application/json;q=0.5, text/html;q=0.9', ['application/json', 'text/html'], 'text/html'],
  [
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    ['application/json', 'text/html'],
    'text/html',
  ],
  ['*/*;q=0.1', ['a/b'], 'a/b'],
  ['*/*;q=0', ['a/b'], null],
  ['TEXT/HTML', ['text/html'], 'text/html'],
  ['text/html', ['Text/HTML'], 'Text/HTML'],
  ['text/html;level=1, text/html;q=0.5', ['text/html', 'text/html;level=1'], 'text/html;level=1'],
  ['text/html;q=2', ['text/html'], null],
  ['text/html;q=x', ['text/html'], null],
  ['text/html ; Q=0.5 , a/b;q=0.7', ['text/html', 'a/b'], 'a/b'],
  [',,text/html,,', ['text/html'], 'text/html'],
  ['text', ['text/html'], null],
  ['texts/*', ['text/html'], null],
];

const encodings: readonly Row[] = [
  [null, ['gzip', 'identity'], 'identity'],
  [null, ['gzip'], null],
  ['gzip', ['br', 'gzip'], 'gzip'],
  ['gzip, br', ['br', 'gzip'], 'br'],
  ['gzip;q=0.5, br;q=0.2', ['br', 'gzip'], 'gzip'],
  ['gzip;q=0', ['gzip', 'identity'], 'identity'],
  ['gzip', ['identity'], 'identity'],
  ['identity;q=0', ['identity'], null],
  ['*;q=0', ['identity', 'gzip'], null],
  ['*', ['br', 'identity'], 'br'],
  ['*, br;q=0', ['br', 'gzip'], 'gzip'],
  ['x-gzip', ['gzip'], 'gzip'],
];

const languages: readonly Row[] = [
  [null, ['fi', 'en'], 'fi'],
  ['en', ['fi', 'en'], 'en'],
  ['de', ['de-AT'], 'de-AT'],
  ['de-AT', ['en', 'de'], 'de'],
  ['de-AT, de;q=0.8, en;q=0.9', ['en', 'de'], 'en'],
  ['en-US,en;q=0.5,fi;q=0.9', ['en', 'fi'], 'fi'],
  ['deu', ['de'], null],
  ['EN-gb', ['en-GB'], 'en-GB'],
  ['*', ['sv'], 'sv'],
  ['*;q=0.5, sv;q=0', ['sv', 'fi'], 'fi'],
];

const contentTypes: readonly (readonly [header: string | null, kind: string, is: boolean])[] = [
  ['application/json', 'application/json', true],
  ['Application/JSON; charset=utf-8', 'application/json', true],
  ['application/json', 'APPLICATION/json', true],
  ['application/problem+json', '+json', true],
  ['application/json', '+json', false],
  ['text/html', 'text/*', true],
  ['text/html', '*/*', true],
  ['texts/html', 'text/*', false],
  ['text', 'text/*', false],
  ['text/html, text/plain', 'text/html', false],
  [null, '*/*', false],
];

export const cases: readonly Case[] = [
  ...types.map(([header, offers, best]) => ({
    title: `accepts: of ${offers.join(' and ') || 'nothing'}, ${JSON.stringify(header)} likes ${best} best`,
    run: () => assertEqual(withHeader('accept', header).accepts(offers), best),
  })),
  ...encodings.map(([header, offers, best]) => ({
    title: `acceptsEncodings: of ${offers.join(' and ')}, ${JSON.stringify(header)} likes ${best} best`,
    run: () => assertEqual(withHeader('accept-encoding', header).acceptsEncodings(offers), best),
  })),
  ...languages.map(([header, offers, best]) => ({
    title: `acceptsLanguages: of ${offers.join(' and ')}, ${JSON.stringify(header)} likes ${best} best`,
    run: () => assertEqual(withHeader('accept-language', header).acceptsLanguages(offers), best),
  })),
  ...contentTypes.map(([header, kind, is]) => ({
    title: `is: ${JSON.stringify(header)} is ${is ? '' : 'not '}${kind}`,
    run: () => assertEqual(withHeader('content-type', header).is(kind), is),
  })),
];

function withHeader(name: string, value: string | null) {
  return makeRequest({ headers: value === null ? [] : [[name, value]] });
}
