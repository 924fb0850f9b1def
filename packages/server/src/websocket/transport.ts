/**
 * What a `WebSocketCycle` needs of the connection below it: one object for each session, made by an engine.
 *
 * The cycle keeps the order: `accept`, any number of `send`, then `close`; or `deny`, after which the response goes its own way.
 */
export interface WebSocketTransport {
  /** Opens the session; false if the client has left. `headers` is a flat list. */
  accept(subprotocol: string | null, headers: readonly string[]): boolean;
  /** Makes room for a response in place of the session. */
  deny(): void;
  /** Sends a message; false if the client is slower than the app: the cycle then asks for `whenWritable`. */
  send(message: string | Uint8Array): boolean;
  /** Calls back once, when there is room for more. */
  whenWritable(callback: () => void): void;
  /** Begins the closing handshake; what the client sends before it answers still arrives. */
  close(code: number, reason: string): void;
  /** Takes no more messages off the wire. */
  pause(): void;
  resume(): void;
  /** Breaks the connection. */
  cut(): void;
}
