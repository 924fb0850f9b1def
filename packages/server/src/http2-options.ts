import { integer, yesOrNo } from './option-kinds.js';
import type { OptionTable } from './option-table.js';

/** The options of `serve` that concern HTTP/2, which needs TLS. */
export interface HTTP2Options {
  /** Whether clients that can speak HTTP/2 get it, where there is TLS. Default: true. */
  http2?: boolean;
  /** The most requests of one connection at a time. Default: 100. */
  http2MaxStreams?: number;
}

/** The rows of the table that concern HTTP/2. */
export const HTTP2_OPTIONS: OptionTable<Required<HTTP2Options>> = {
  http2: {
    kind: yesOrNo,
    default: true,
    flag: { group: 'HTTP/2', help: 'speak HTTP/2 over TLS' },
  },
  http2MaxStreams: {
    kind: integer(1, 10_000),
    default: 100,
    flag: { group: 'HTTP/2', help: 'most requests of one connection at a time' },
  },
};
