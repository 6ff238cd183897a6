// Why a link ended, as one closed list of words, and how a word travels as a WebSocket close code [RFC 6455 §7.4].

/** Word to close code. `lost` is never sent: it is what a side concludes by itself. */
const codes = {
  /** Finished, nothing wrong. */
  done: 1000,
  /** This side is shutting down or the page is being left; dial again elsewhere or later. */
  'going-away': 1001,
  /** The bytes were not frames of this transport, or the frame not of this encoding. */
  'bad-frame': 1003,
  /** No goodbye: the connection broke, or a heartbeat stayed unanswered. */
  lost: 1006,
  /** A frame was larger than this side takes. */
  'too-large': 1009,
  /** A fault of this side, logged there. */
  failed: 1011,
  /** Too many links; try again later. */
  busy: 1013,
  /** The reader let more pile up than its budget; resume by sequence number. */
  'too-slow': 4000,
  /** Nothing was said for too long, such as no sign-in. */
  idle: 4001,
  /** A newer link of the same session took over. */
  replaced: 4002,
  /** Not let in, or no longer. */
  refused: 4003,
} as const;

export type CloseReason = keyof typeof codes;

/** Every reason there is. */
export const closeReasons = Object.keys(codes) as CloseReason[];

/** Codes that others send and we do not. Standard ones [RFC 6455 §7.4.1]; 1005 is a close frame without a code. */
const foreign: Record<number, CloseReason> = {
  1002: 'bad-frame',
  1005: 'done',
  1007: 'bad-frame',
  1008: 'refused',
  1012: 'going-away',
};

// A page may send only 1000 and 3000–4999, so a browser adds this to the standard codes.
const browserShift = 3900;

const reasons = new Map<number, CloseReason>(Object.entries(foreign).map(([code, reason]) => [Number(code), reason]));
for (const reason of closeReasons) {
  reasons.set(codes[reason], reason);
  if (codes[reason] < 3000) reasons.set(codes[reason] + browserShift, reason);
}

/** The close code of a word. */
export function closeCode(reason: CloseReason): number {
  return codes[reason];
}

/** The close code of a word as far as a page in a browser may send it: 1000, or one above 4000. */
export function browserCloseCode(reason: CloseReason): number {
  const code = codes[reason];
  return code === 1000 || code >= 3000 ? code : code + browserShift;
}

/** The word for a received close code; a code that nobody knows reads as `done`, for it was at least said. */
export function closeReason(code: number): CloseReason {
  return reasons.get(code) ?? 'done';
}
