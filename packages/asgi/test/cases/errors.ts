import {
  BadPath,
  ClientDisconnected,
  ContractViolation,
  InvalidHeader,
  isClientDisconnected,
  RequestTimeout,
  ServerShutdown,
  UnsupportedScope,
} from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

const rows: readonly (readonly [error: Error, name: string, code: string, message: string])[] = [
  [new ClientDisconnected(), 'ClientDisconnected', 'ERR_CLIENT_DISCONNECTED', 'The client has disconnected.'],
  [
    new RequestTimeout(),
    'RequestTimeout',
    'ERR_REQUEST_TIMEOUT',
    'The request took longer than the server allows.',
  ],
  [new ServerShutdown(), 'ServerShutdown', 'ERR_SERVER_SHUTDOWN', 'The server is shutting down.'],
  [
    new BadPath('/%', 'malformed escape "%"'),
    'BadPath',
    'ERR_BAD_PATH',
    'Bad path "/%": malformed escape "%".',
  ],
  [
    new UnsupportedScope({ type: 'lifespan' }),
    'UnsupportedScope',
    'ERR_UNSUPPORTED_SCOPE',
    'This app does not serve scopes of type "lifespan".',
  ],
  [new InvalidHeader('why'), 'InvalidHeader', 'ERR_INVALID_HEADER', 'why'],
  [
    new ContractViolation('server', 'why'),
    'ContractViolation',
    'ERR_CONTRACT_VIOLATION',
    'The server broke the contract: why.',
  ],
];

export const name = 'errors';
export const cases: readonly Case[] = [
  ...rows.map(([error, name, code, message]) => ({
    title: `${name} has the code ${code} and says what is wrong`,
    run: () => {
      assertEqual([error.name, 'code' in error && error.code, error.message], [name, code, message]);
      assertEqual(error instanceof Error, true);
      assertEqual(String(error), `${name}: ${message}`);
    },
  })),
  ...[ClientDisconnected, RequestTimeout, ServerShutdown].map((ErrorClass) => ({
    title: `${ErrorClass.name} takes a message and a cause`,
    run: () => {
      const cause = new Error('ECONNRESET');
      const error = new ErrorClass('gone', { cause });
      assertEqual([error.message, error.cause === cause], ['gone', true]);
    },
  })),
  {
    title: 'a quoted value is one short line, however long and hostile it was',
    run: () => {
      const { message, path } = new BadPath(`/\r\n${'a'.repeat(5_000)}`, 'why');
      assertEqual(message.includes('\n'), false);
      assertEqual(message.length < 260, true);
      assertEqual(path.length, 5_003);
    },
  },
  {
    title: 'isClientDisconnected knows its kind by code, also from another copy of the package',
    run: () => {
      const copy = Object.assign(new Error('gone'), { code: 'ERR_CLIENT_DISCONNECTED' });
      const others = [
        new RequestTimeout(),
        new Error('gone'),
        { code: 'ERR_CLIENT_DISCONNECTED' },
        null,
        'gone',
      ];
      assertEqual([new ClientDisconnected(), copy].map(isClientDisconnected), [true, true]);
      assertEqual(others.map(isClientDisconnected), [false, false, false, false, false]);
    },
  },
];
