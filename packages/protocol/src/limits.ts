/** Sizes of everything that can be said, each with its reason. Lengths of text are in UTF-16 units, sizes in bytes. */
export const limits = {
  /** One frame on any door; a history page of large messages still fits. */
  frameBytes: 1_048_576,
  /** One frame before sign-in: nothing that is said there is longer. */
  frameBytesBeforeSignIn: 16_384,
  /** Nesting of arrays and maps in a frame; the deepest honest frame has 7 levels. */
  frameDepth: 12,
  /** Text of one message: four pages; longer things are files. */
  messageText: 16_384,
  /** An envelope with its parts, so that a batch of 64 fits a federation frame. */
  envelopeBytes: 65_536,
  /** Envelopes of one server that are decided together. */
  batchEnvelopes: 64,
  /** The same with their parts; with the rest it still fits a frame. */
  batchBytes: 786_432,
  topic: 1_024,
  reason: 512,
  roomTitle: 80,
  displayName: 64,
  accountName: 32,
  alias: 64,
  password: 256,
  deviceName: 64,
  /** The longest emoji in Unicode 16 has 35 UTF-8 bytes; custom short codes fit too. */
  emoji: 32,
  clientId: 64,
  mentions: 50,
  /** A room with more members tells nobody who has read what: each message would be told as often as it has members, squared. */
  receiptMembers: 100,
  pins: 100,
  /** A page of history: about three screens. */
  page: 100,
  membersPage: 500,
  roomsPage: 100,
  /** Rooms of one account: all of them are synced at sign-in. */
  roomsPerAccount: 1_000,
  sessionsPerAccount: 50,
  keysPerAccount: 16,
  membersPerRoom: 50_000,
  bansPerRoom: 10_000,
  mutesPerRoom: 10_000,
  /** Servers that a room names to keep them out, or to let no others in: they stand in one entry. */
  serversNamed: 200,
  /** Changes of who may read a room's history: every reading walks all of them. */
  historyRules: 1_000,
  invitesPerRoom: 1_000,
  /** Servers that ever took part in a room: where each one's numbering stands is kept for ever. */
  originsPerRoom: 10_000,
  importLines: 500,
  people: 100,
  /** Entries that a sync sends for one room before it starts over from the newest. */
  syncTail: 200,
  /** A mute or ban with an end: one year at most, else until lifted. */
  durationMs: 31_536_000_000,
  slowModeMs: 21_600_000,
  retentionDays: 3_650,
  /** The record of a server: with everything as long as it may be, 4,900 bytes. */
  serverRecordBytes: 5_120,
  /** A record is of no use for longer: servers renew theirs every day. */
  serverRecordMs: 604_800_000,
  serverAddresses: 8,
  serverRelays: 4,
  serverFeatures: 32,
  /** Records in one frame: 160 KiB at most. */
  serverRecordsPage: 32,
  /** Servers in one answer of a directory: 600 KiB at most. */
  directoryPage: 100,
  /** Servers in one answer to an operator: 3,000 bytes each at the most. */
  serversPage: 100,
  /** Words in an ephemeral channel: a page; what is longer deserves to be kept. */
  channelText: 4_096,
  /** People that are told of one channel: more than anybody reads. */
  channelPeople: 100,
  /** Servers with listeners that are told of one channel. */
  channelServers: 64,
  /** A notice of a server: three sentences, which stand above everything. */
  notice: 1_000,
  /** Words of a message to a key: somebody reads it at once or not at all. */
  keyText: 4_096,
  /** The same sealed: every unit in three bytes, with the sender's key and proof. */
  keyMessageBytes: 13_312,
} as const;
