import type { Socket } from '@pullo/core';

/** How many messages may wait for a slow member before it has to go: they are kept in memory. */
const MAX_WAITING = 100;

/** Those who hear each other. */
export class Room {
  /** How many messages wait for each member. */
  readonly #members = new Map<Socket, number>();

  get size(): number {
    return this.#members.size;
  }

  join(member: Socket): void {
    this.#members.set(member, 0);
  }

  leave(member: Socket): void {
    this.#members.delete(member);
  }

  /** Sends to every member, without waiting: a slow one must not hold up the others. */
  say(message: { from?: string; text: string }): void {
    const text = JSON.stringify(message);
    for (const member of this.#members.keys()) this.#send(member, text);
  }

  #send(member: Socket, text: string): void {
    const waiting = this.#members.get(member) ?? 0;
    if (waiting >= MAX_WAITING) {
      this.leave(member);
      void member.close(1008, 'too slow');
      return;
    }
    const sent = member.send(text);
    if (sent === undefined) return;
    this.#members.set(member, waiting + 1);
    const done = () => {
      const left = this.#members.get(member);
      if (left !== undefined) this.#members.set(member, left - 1);
    };
    sent.then(done, done);
  }
}

/** The rooms that somebody is in. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  /** Runs a visit to a room, which is there as long as somebody is in it. */
  async visit(name: string, member: Socket, during: (room: Room) => Promise<void>): Promise<void> {
    const room = this.#rooms.get(name) ?? new Room();
    this.#rooms.set(name, room);
    room.join(member);
    try {
      await during(room);
    } finally {
      room.leave(member);
      if (room.size === 0) this.#rooms.delete(name);
    }
  }
}
