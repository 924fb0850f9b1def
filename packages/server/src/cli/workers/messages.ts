/** What a worker tells its parent. */
export type FromWorker =
  /** Its app has started, and it listens. */
  | { type: 'pullo:ready'; url: string }
  /** It stops though its parent has not told it to, or wants to: another is to take its place. */
  | { type: 'pullo:leaving' }
  /** Whether it serves the connection that it has been handed. */
  | { type: 'pullo:taken' | 'pullo:refused' }
  /** Its event loop turns. */
  | { type: 'pullo:pong' };

/** What a parent tells its worker: to stop, to stop in favour of another, to stop at once, to answer, and to serve a connection. */
export type FromParent = {
  type: 'pullo:stop' | 'pullo:retire' | 'pullo:force' | 'pullo:ping' | 'pullo:connection';
};

/** Whether a message is of ours; an app may exchange its own. */
export function isOurs(message: unknown): message is FromWorker | FromParent {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return typeof message.type === 'string' && message.type.startsWith('pullo:');
}
