/** What a process ends with. */
export const EXIT = {
  /** It was asked to stop, and did. */
  stopped: 0,
  /** It was used wrongly, was forced to stop, or the app's shutdown failed. */
  failed: 1,
  /** It did not start: supervisors should not try again and again. */
  notStarted: 3,
} as const;
