import type { ServerSentEvent } from '@pullo/core';
import type { Session } from '../accounts/sessions.js';
import type { User } from '../accounts/users.js';

/** What has happened to a note. It says which one and not what is in it: who wants to know asks, and is checked again. */
export interface Change {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly id: number;
}

type Listener = {
  readonly session: Session;
  readonly controller: ReadableStreamDefaultController<ServerSentEvent>;
};

/** Events that may wait for a page that does not take them. */
const MAX_WAITING = 100;

/** Tells the open pages of a user of changes. It knows the pages of this process only. */
export class Changes {
  readonly #listeners = new Map<number, Set<Listener>>();

  /** The changes from now on, until the reader leaves or the session ends. */
  follow(session: Session): ReadableStream<ServerSentEvent> {
    const listeners = this.#of(session.user);
    let listener: Listener | undefined;
    return new ReadableStream<ServerSentEvent>({
      start: (controller) => {
        listener = { session, controller };
        listeners.add(listener);
      },
      cancel: () => {
        if (listener !== undefined) this.#remove(listener);
      },
    });
  }

  publish(user: User, change: Change): void {
    for (const listener of [...(this.#listeners.get(user.id) ?? [])]) {
      listener.controller.enqueue({ event: 'change', data: change });
      // It connects again when it has woken up, and asks for everything.
      if (isBehind(listener)) this.#end(listener);
    }
  }

  /** Tells the pages of a session that is over, or of all sessions of a user, and lets go of them. */
  signOut(user: User, session?: Session): void {
    for (const listener of [...(this.#listeners.get(user.id) ?? [])]) {
      if (session !== undefined && listener.session.id !== session.id) continue;
      listener.controller.enqueue({ event: 'signed-out', data: '' });
      this.#end(listener);
    }
  }

  #end(listener: Listener): void {
    listener.controller.close();
    this.#remove(listener);
  }

  #of(user: User): Set<Listener> {
    const listeners = this.#listeners.get(user.id) ?? new Set();
    this.#listeners.set(user.id, listeners);
    return listeners;
  }

  #remove(listener: Listener): void {
    const { id } = listener.session.user;
    const listeners = this.#listeners.get(id);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(id);
  }
}

function isBehind({ controller }: Listener): boolean {
  return (controller.desiredSize ?? 0) < -MAX_WAITING;
}
