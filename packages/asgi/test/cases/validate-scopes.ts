import { HeaderList, validate } from '@pullo/asgi';
import type { Case } from '../../../../conformance/assert.ts';
import { httpScope, play, sends } from './script.ts';

/** Scopes that a server may well hand over, of which `validate` must not complain. */

const changes: readonly Readonly<Record<string, unknown>>[] = [
  { path: '*', method: 'OPTIONS' },
  { path: '*', method: 'OPTIONS', rootPath: '/app' },
  { path: '/app', rootPath: '/app' },
  { path: '/app/', rootPath: '/app' },
  { path: '/app//x', rootPath: '/app' },
  { path: '//' },
  { path: '/a%2Fb;x=1/%E2%82%AC' },
  { client: null, server: null },
  { server: { host: '/run/pullo.sock', port: null } },
  { httpVersion: '2', scheme: 'https' },
  { method: 'patch' },
  { method: 'M-SEARCH' },
  { queryString: '?a=b' },
  { headers: new HeaderList([['Host', 'a']]) },
  { headers: HeaderList.raw(['Host', 'a', 'X-Text', 'hyv\xe4\xe4']) },
  {
    extensions: {
      tls: {
        serverCert: null,
        clientCertChain: [],
        clientCertName: null,
        clientCertError: null,
        tlsVersion: null,
        cipherSuite: null,
      },
    },
  },
  { extra: true },
];

const app = sends({ type: 'http.response.start', status: 200 }, { type: 'http.response.body' });

export const name = 'validate: legal scopes';
export const cases: readonly Case[] = changes.map((change) => ({
  title: `a scope with ${JSON.stringify(change)}`,
  run: async () => {
    const { error } = await play(validate(app), { scope: httpScope(change) });
    if (error !== undefined) throw error;
  },
}));
