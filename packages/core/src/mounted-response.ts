import {
  type BodyChunk,
  type HTTPResponseStartEvent,
  isClientDisconnected,
  type Receive,
  type Scope,
  type Send,
} from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { Passage } from './passage.js';

/** Statuses whose responses have no content (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5). */
const BODILESS = new Set([204, 205, 304]);

/** What a mounted app sends after its head: it can be forwarded as it is, or read. */
class MountedContent implements AsyncIterable<BodyChunk> {
  readonly passage: Passage;
  readonly status: number;

  constructor(passage: Passage, status: number) {
    this.passage = passage;
    this.status = status;
  }

  [Symbol.asyncIterator](): AsyncIterator<BodyChunk, void, undefined> {
    const { passage } = this;
    const pieces = passage.read();
    return {
      next: () => pieces.next(),
      // The generator's own would wait for the step that is pending, which waits for the app.
      return: async () => {
        await passage.stop();
        return { done: true, value: undefined };
      },
    };
  }
}

/**
 * The response that a mounted app has begun. While its content has not been touched the app's events go to the server as they are, files and
 * trailers too, below a head that the pipeline may have changed. What belongs to it lies in its content, which copies share.
 */
export class MountedResponse extends Response {
  constructor(passage: Passage, { status, headers }: HTTPResponseStartEvent) {
    super(new MountedContent(passage, status), {
      status,
      ...(headers !== undefined && { headers }),
    });
  }

  protected override handle(scope: Scope, receive: Receive, send: Send): void | Promise<void> {
    const { content, background, status } = this;
    // A status without content in place of one with it: the app's own would break the contract.
    const isEmptied = BODILESS.has(status) && content instanceof MountedContent && status !== content.status;
    if (!(content instanceof MountedContent) || isEmptied || scope.type !== 'http') {
      return super.handle(scope, receive, send);
    }
    const sent = content.passage.forward(this, send);
    if (background === undefined) return sent;
    return sent.then(background, async (error) => {
      if (isClientDisconnected(error)) await background();
      throw error;
    });
  }
}
