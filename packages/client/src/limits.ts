/** Every bound of the SDK, with its reason. */

/** A request that is not answered by then has failed; the slowest honest one, a page over a bad mobile link, takes 10 s. */
export const requestMs = 30_000;
/** Requests under way on one connection: more than any screen asks for at once. */
export const pendingRequests = 256;
/** From dialling to an open link, whatever the transport promises. */
export const dialMs = 20_000;
/** A connection on which nothing was heard for this long is asked whether it lives. */
export const quietMs = 30_000;
/** The first and the longest wait before connecting again. */
export const backoffMs = { first: 500, longest: 30_000 };
/** Acts that wait for their outcome: a day offline of a busy person. */
export const outboxRows = 1_000;
/** Acts under way at once over all rooms, so that many rooms do not fill the connection. */
export const outboxInFlight = 32;
/** An act that makes the server fail is given up after so many tries, or it would block its room for ever. */
export const internalTries = 5;
/** Newest rows of each room that are kept in the store. */
export const cachedRows = 200;
/** Rows of a timeline's window: twenty times what a screen shows. */
export const windowRows = 2_000;
/** Rows asked for at once. */
export const pageRows = 100;
/** Entries that wait for a gap to be filled before the newest are dropped and asked for again. */
export const waitingEntries = 1_000;
/** Acts on messages that are remembered for pages which were asked for before them. */
export const recentActs = 1_000;
/** People whose names are remembered. */
export const people = 5_000;
/** Events that wait for a slow reader of `events()`. */
export const queuedEvents = 10_000;
/** Entries that wait for a slow reader of a room; past it the reader pages through the history instead. */
export const queuedEntries = 500;
/** How long changes gather before they are written to the store. */
export const flushMs = 250;
/** Changes that gather before they are written at once. */
export const flushChanges = 1_000;
/** Rooms that were asked for and whose answer was lost; people make one at a time. */
export const wantedRooms = 32;
/** Signals of typing: at most one in this time, and an end after that much silence. */
export const typingMs = { between: 3_000, idle: 5_000 };
/** People shown as typing. */
export const typists = 50;
/** Length of a draft: as that of a message. */
export const draftText = 16_384;
/** What was heard in a channel and is still shown: some hours of talk, in memory alone. */
export const channelLines = 500;
/** Messages to a key that are known again when a server repeats them. */
export const keyMessagesKnown = 1_000;
/** Servers whose names are remembered: more than one person's rooms and people are on. */
export const serverNames = 1_000;
