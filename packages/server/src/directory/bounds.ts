/** Every bound of a directory, with its reason. */
export const bounds = {
  /** Servers that are held: two kilobytes each. Past that those give way that are away for longest. */
  servers: 10_000,
  /** Connections at a time: each server keeps one. */
  connections: 12_000,
  /** Pages that watch at a time. */
  pages: 500,
  /** What one connection or page has not read: more than a whole list, then it is too slow. */
  unreadBytes: 4_194_304,
  /** From connecting to the first request. */
  helloMs: 10_000,
  /** A connection on which nothing was announced nor watched for so long is closed. */
  idleMs: 60_000,
  /** A server whose connection broke is taken to be there for so long: it dials again within a minute or two. */
  graceMs: 120_000,
  /** The same after a start of the directory: the longest that a server waits before it dials again, and a minute. */
  graceAfterStartMs: 360_000,
  /** How often what has expired is looked for. */
  sweepMs: 60_000,
  /** Addresses with a spent bucket: 200 bytes each. */
  bucketKeys: 100_000,
} as const;

/** Of one address, behind which may be a hundred servers of one machine. */
export const rates = {
  /** A list of ten thousand servers is a hundred requests. */
  request: { burst: 2_000, perMinute: 2_000 },
  /** A server announces itself when it connects, when it changes, and every day. */
  announce: { burst: 200, perMinute: 60 },
  connect: { burst: 500, perMinute: 300 },
} as const;
