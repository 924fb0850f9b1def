/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Where the files of a form go that are too large for memory; `temporaryFiles()` of `@pullo/request/files` makes one.
 *
 * An own one, such as for object storage, implements these two interfaces.
 */
export interface FileStore {
  /** Makes room for one file. */
  open(): Promise<FileSink>;
}

/** One file that is being received. */
export interface FileSink {
  /** Appends bytes. Calls are not made before the one before has settled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the writing and hands the content over as a `File` with this name and media type. */
  finish(name: string, type: string): Promise<File>;
  /** Removes the content: when the request is disposed, or as soon as the form has failed. Never rejects. */
  discard(): Promise<void>;
}

/** The files that one request has spilled, so that they can go when it goes. */
export class SpilledFiles implements AsyncDisposable {
  readonly #sinks = new Set<FileSink>();
  #disposed = false;

  async open(store: FileStore): Promise<FileSink> {
    const sink = await store.open();
    this.#sinks.add(sink);
    // The request may have been disposed while the file was being made.
    if (this.#disposed) await this.discard();
    return sink;
  }

  /** Removes those that there are. */
  async discard(): Promise<void> {
    const sinks = [...this.#sinks];
    this.#sinks.clear();
    await Promise.all(sinks.map((sink) => sink.discard()));
  }

  /** Removes those that there are, and those that are being made. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.discard();
  }
}
