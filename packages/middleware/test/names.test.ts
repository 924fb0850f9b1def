import { Pullo } from '@pullo/core';
import { apiKey } from '@pullo/middleware/api-key';
import { basicAuth } from '@pullo/middleware/basic-auth';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { requireUser } from '@pullo/middleware/require-user';
import { expect, test } from 'vitest';

const verify = () => ({ name: 'Aino' });

test('each middleware says what it is called and what it does', () => {
  const { pipeline } = new Pullo()
    .use(logger())
    .use(requestId())
    .use(basicAuth({ verify }))
    .use(bearerAuth({ verify }))
    .use(apiKey({ verify }))
    .use(requireUser())
    .describe();
  expect(pipeline.map(({ name, description }) => [name, description])).toEqual([
    ['logger', 'Logs one line for each request.'],
    ['requestId', 'Provides the id of the request, and sends it with the response.'],
    ['basicAuth', 'Authenticates by name and password (RFC 7617), and provides the user.'],
    ['bearerAuth', 'Authenticates by a bearer token (RFC 6750), and provides the user.'],
    ['apiKey', 'Authenticates by an API key, and provides the user.'],
    ['requireUser', 'Lets only users in.'],
  ]);
});

test('messages call it by that name', () => {
  const app = new Pullo().get('/', () => '');
  expect(() => app.use(bearerAuth({ verify }))).toThrow('use(bearerAuth) comes after the route GET /');
});
