import { boundedBytes, milliseconds, yesOrNo } from './option-kinds.js';
import type { OptionTable } from './option-table.js';

/** The options of `serve` that concern WebSocket sessions. */
export interface WebSocketOptions {
  /** Whether clients may open sessions; else a handshake is a plain request to the app. Default: true. */
  webSockets?: boolean;
  /** The longest message of a client, else its session is closed with 1009. Default: 16 MiB. */
  wsMaxMessageBytes?: number;
  /** How much may wait for a client that reads too slowly before it is cut off; a sender that awaits stays far below. Default: 16 MiB. */
  wsMaxBufferedBytes?: number;
  /** How often a client is asked whether it is there; Infinity never asks. Default: 20 s. */
  wsPingInterval?: number;
  /** How long it has to answer before its session is closed with 1011. Default: 20 s. */
  wsPingTimeout?: number;
  /**
   * Whether messages are compressed for clients that know how (`permessage-deflate`, RFC 7692). It costs time and memory for each message, lets a
   * client make 1,000 bytes of one, and tells who measures lengths something of what is in them. Default: false.
   */
  wsPerMessageDeflate?: boolean;
}

const MIB = 1024 * 1024;
const SECOND = 1000;
/** What is certain to fit into one string. */
const LONGEST = 256 * MIB;

/** The rows of the table that concern WebSocket sessions. */
export const WEBSOCKET_OPTIONS: OptionTable<Required<WebSocketOptions>> = {
  webSockets: {
    kind: yesOrNo,
    default: true,
    flag: { group: 'WebSocket', help: 'let clients open sessions' },
  },
  wsMaxMessageBytes: {
    kind: boundedBytes(1, LONGEST),
    default: 16 * MIB,
    flag: { group: 'WebSocket', help: 'longest message of a client' },
  },
  wsMaxBufferedBytes: {
    kind: boundedBytes(1, Number.MAX_SAFE_INTEGER),
    default: 16 * MIB,
    flag: { group: 'WebSocket', help: 'most that waits for a slow client before it is cut off' },
  },
  wsPingInterval: {
    kind: milliseconds(1),
    default: 20 * SECOND,
    flag: { group: 'WebSocket', help: 'how often a client is asked whether it is there' },
  },
  wsPingTimeout: {
    kind: milliseconds(1),
    default: 20 * SECOND,
    flag: { group: 'WebSocket', help: 'how long it has to answer' },
  },
  wsPerMessageDeflate: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'WebSocket', help: 'compress messages' },
  },
};
