/** Pieces below this size are copied together: a million pieces of a byte each would cost 200 times their content. */
const SMALL = 1024;
const BLOCK = 16 * 1024;
/** Most bodies are one piece and need no block: an array for each of them costs more than the rest of the collector. */
const NO_BLOCK = new Uint8Array();

/** Gathers pieces of bytes into one array. A single piece is handed back as it is; the memory in use stays near the content's size. */
export class ByteCollector {
  #pieces: Uint8Array[] = [];
  /** What small pieces are copied into; from `#start` to `#end` it is not among the pieces yet. */
  #block = NO_BLOCK;
  #start = 0;
  #end = 0;
  #size = 0;

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    const length = piece.byteLength;
    if (length === 0) return;
    this.#size += length;
    if (length >= SMALL || this.#size === length) {
      this.#closeBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#end + length > this.#block.length) {
      this.#closeBlock();
      this.#block = new Uint8Array(BLOCK);
      this.#start = 0;
      this.#end = 0;
    }
    this.#block.set(piece, this.#end);
    this.#end += length;
  }

  /** The pieces so far, in order; the collector is empty afterwards. */
  takePieces(): Uint8Array[] {
    this.#closeBlock();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#size = 0;
    return pieces;
  }

  /** All bytes in one array; the collector is empty afterwards. */
  take(): Uint8Array {
    const size = this.#size;
    const pieces = this.takePieces();
    if (pieces.length === 1) return pieces[0] as Uint8Array;
    const joined = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.byteLength;
    }
    return joined;
  }

  #closeBlock(): void {
    if (this.#end === this.#start) return;
    this.#pieces.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
