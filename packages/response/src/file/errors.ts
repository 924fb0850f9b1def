/** There is no regular file at the path of a `FileResponse`, or it may not be read. */
export class FileNotFound extends Error {
  override readonly name = 'FileNotFound';
  readonly code = 'ERR_FILE_NOT_FOUND';
  /** The path, absolute. */
  readonly path: string;
  /** Whether there is a directory instead. */
  readonly isDirectory: boolean;

  constructor(path: string, problem: 'missing' | 'directory' | 'special', options?: ErrorOptions) {
    super(`Cannot send ${JSON.stringify(path)}: ${PROBLEMS[problem]}.`, options);
    this.path = path;
    this.isDirectory = problem === 'directory';
  }
}

const PROBLEMS = {
  missing: 'there is no such file, or it may not be read',
  directory: 'it is a directory; staticFiles serves those',
  special: 'it is not a regular file',
};

/** A file became shorter while it was being sent: what was announced cannot be sent any more, and the connection is cut. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
  readonly code = 'ERR_FILE_CHANGED';
  /** The path, absolute. */
  readonly path: string;

  constructor(path: string, at: number) {
    super(`${JSON.stringify(path)} became shorter while it was being sent: it ended at byte ${at}.`);
    this.path = path;
  }
}
