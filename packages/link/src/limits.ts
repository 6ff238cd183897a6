// Every bound of a connection, with its reason. A door may lower the first three per listener.

/** Bytes in one frame: the largest request (a page of history, a key package batch) fits; a hostile peer costs at most this. */
export const maxFrameBytes = 1024 * 1024;

/** Links that one listener holds: at 8 KiB each this is 400 MiB, past which the process is better served by a second node. */
export const maxLinks = 50_000;

/** A silent peer is asked after this long and given up after as long again. Below the 30 s of impatient NATs. */
export const heartbeatMs = 25_000;

/** One timer walks a listener's links in this many turns, so that pings go out evenly and not as one burst. */
export const heartbeatSlots = 16;

/** Bytes received but not yet read before the transport is paused: one read of a socket in Node. */
export const readAheadBytes = 64 * 1024;

/** Charged for each unread frame beside its bytes, so that a million empty frames cost something. */
export const frameOverheadBytes = 128;

/** From the first packet to an open link; a slow mobile TLS handshake takes 3 s. */
export const handshakeMs = 10_000;

/** After saying goodbye, how long unsent bytes and the other side's answer are waited for. */
export const closeGraceMs = 5_000;

/** Browsers buffer without end and tell no drain: above this, sending waits. Four reads of the receiving socket. */
export const browserBufferedBytes = 256 * 1024;

/** How often the browser's buffer is looked at while sending waits: quicker than a frame is noticed by eye. */
export const browserPollMs = 20;

/** A browser cannot pause a WebSocket: past this many unread bytes the link is closed as too slow. */
export const browserUnreadBytes = 16 * 1024 * 1024;

/** Bytes under way or unread on a memory link before sending waits: the same as one socket read. */
export const memoryWindowBytes = 64 * 1024;
