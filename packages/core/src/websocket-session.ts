import { isClientDisconnected, type Send } from '@pullo/asgi';
import { BadJSON } from '@pullo/request';
import { Response } from '@pullo/response';
import { describeValue } from './describe.js';
import type { ErrorScope } from './error-scope.js';
import { HTTPError, PipelineError } from './errors.js';
import type { Handshake } from './handshake.js';
import { isWelcome, type Origins } from './origin.js';
import type { AnyHandler } from './pipeline.js';
import type { Chain, Run } from './run.js';
import type { Socket } from './socket.js';
import { isWebResponse } from './web-response.js';

/** The end of a WebSocket route's chain: settles when the session has ended, or with the response that refuses it. */
export type SessionEnd = (run: Run, handshake: Handshake) => Promise<Response>;

/** What ends a session is told to the client by a code (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;
const INVALID_PAYLOAD = 1007;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

/** The end of a chain: a handler that leads a session. */
export function sessionEnd(
  handler: AnyHandler,
  errors: ErrorScope,
  { name, origins }: { readonly name: string; readonly origins: Origins },
): SessionEnd {
  return async (run, handshake) => {
    try {
      if (!isWelcome(run.context.request, origins)) throw foreignOrigin();
      const result = await handler(run.context);
      const opened = await handshake.finish();
      if (opened === undefined) return run.own(refusal(result, handshake, name), name);
      if (result !== undefined) throw unsendable(result, name);
      await opened.socket.close();
      return opened.response;
    } catch (error) {
      const opened = await handshake.finish();
      if (opened === undefined) return errors.respond(error, run);
      if (isOwnEnd(error, opened.socket)) await close(opened.socket, run, GOING_AWAY);
      else await fail(outOf(error, name), run, opened.socket, errors);
      return opened.response;
    }
  };
}

/** Runs a session through its pipeline, and sends the response that refuses it, if one does. */
export async function runSession(chain: Chain, run: Run, handshake: Handshake, send: Send): Promise<void> {
  const response = await chain(run);
  const { opened } = handshake;
  if (opened === undefined) return run.answer(response, send);
  // A middleware may have put another in its place: nobody is there to get it.
  run.drop(response);
  return run.answer(opened.response, send);
}

function foreignOrigin(): HTTPError {
  return new HTTPError(403, { detail: 'Pages of this origin may not open a WebSocket here.' });
}

/** What a handler has returned that did not accept. */
function refusal(result: unknown, { failure }: Handshake, name: string): Response | globalThis.Response {
  if (result instanceof Response || isWebResponse(result)) return result;
  if (failure !== undefined) throw failure;
  throw new PipelineError(
    result === undefined
      ? `${name} returned without an answer to the handshake: call ctx.accept(), return a Response, or throw an HTTPError.`
      : `${name} returned ${describeValue(result)}: refuse a session with a Response or an HTTPError, or call ctx.accept() and send messages.`,
  );
}

function unsendable(result: unknown, name: string): PipelineError {
  return new PipelineError(
    `${name} returned ${describeValue(result)} after it had accepted: send messages with socket.send(), and return nothing.`,
  );
}

/** A handler that lets out that its own client has left, or that the server stops, is just done. */
function isOwnEnd(error: unknown, { isOpen, signal }: Socket): boolean {
  if (isClientDisconnected(error) && !isOpen) return true;
  return signal.aborted && error === signal.reason;
}

/** That the client of another session has left says nothing of this one: taken for its end, it would end it without a word. */
function outOf(error: unknown, name: string): unknown {
  if (!isClientDisconnected(error)) return error;
  return new PipelineError(
    `${name} let out that another client has left, while its own session was open: catch it where you await what you send to other sessions, or do not await it.`,
    { cause: error },
  );
}

/** Tells the error handlers, whose answer cannot be sent any more, and the client by a code. */
async function fail(error: unknown, run: Run, socket: Socket, errors: ErrorScope): Promise<void> {
  const answer = await errors.respond(error, run);
  run.drop(answer);
  const { status, statusText } = answer;
  const isClientError = status >= 400 && status < 500;
  if (!isClientError) return close(socket, run, INTERNAL_ERROR);
  const code = error instanceof BadJSON ? INVALID_PAYLOAD : POLICY_VIOLATION;
  return close(socket, run, code, `${status} ${statusText}`.trim());
}

async function close(socket: Socket, run: Run, code: number, reason?: string): Promise<void> {
  try {
    await socket.close(code, reason);
  } catch (failure) {
    run.fail(failure);
  }
}
