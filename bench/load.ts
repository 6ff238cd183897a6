// The load: one sender and many readers in one room, the same code against every target. A run starts and ends quiet,
// with every message delivered, so the server's CPU time belongs to exactly these deliveries.
import { Connection, type Scratch, scratch } from './connection.ts';
import { Latencies } from './latencies.ts';
import type { Adapter } from './target.ts';
import { numberOf, sentAtUs, textWriter } from './text.ts';

const connectAtOnce = 50;
const drainTimeoutMs = 20_000;

export interface Load {
  /** messages a second, or as many as the window lets through */
  rate: number | 'saturated';
  /** how many messages may be sent and not yet delivered to all readers, on average over them */
  window: number;
  durationMs: number;
  maxMessages: number;
  /** of the text */
  bytes: number;
}

export interface LoadResult {
  sent: number;
  deliveries: number;
  /** deliveries that never came */
  lost: number;
  /** deliveries that came twice or out of order */
  disordered: number;
  /** from the first send to the last delivery */
  elapsedMs: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Room {
  sender: Connection;
  readers: Connection[];
  adapter: Adapter;
  memory: Scratch;
  /** number of the last message that each reader got */
  last: Int32Array;
  sent: number;
}

/** Connects a sender and `readers` readers, fifty at a time. */
export async function openRoom(port: number, adapter: Adapter, readers: number): Promise<Room> {
  const memory = scratch();
  const open: Connection[] = [];
  try {
    while (open.length < readers + 1) {
      const batch = Array.from({ length: Math.min(connectAtOnce, readers + 1 - open.length) }, async (_, i) => {
        const index = open.length + i - 1;
        const connection = await Connection.open(port, adapter.wire(), memory);
        await adapter.join(connection, index < 0 ? { kind: 'sender' } : { kind: 'reader', index });
        return connection;
      });
      open.push(...(await Promise.all(batch)));
    }
  } catch (error) {
    for (const connection of open) connection.close();
    throw error;
  }
  const [sender, ...rest] = open as [Connection, ...Connection[]];
  return { sender, readers: rest, adapter, memory, last: new Int32Array(readers), sent: 0 };
}

export function closeRoom(room: Room): void {
  for (const connection of [room.sender, ...room.readers]) connection.close();
}

interface Tally {
  deliveries: number;
  disordered: number;
  latencies: Latencies;
  /** called after each chunk of deliveries */
  progress: () => void;
}

function listen(room: Room, tally: Tally): void {
  const { adapter, memory, last } = room;
  room.sender.flow((buffer, start, end) => adapter.read(room.sender, buffer, start, end, () => undefined));
  room.readers.forEach((reader, index) => {
    let current: Buffer;
    const deliver = (textAt: number) => {
      const number = numberOf(current, textAt);
      if (number !== last[index]! + 1) tally.disordered++;
      last[index] = number;
      tally.latencies.record(memory.nowUs - sentAtUs(current, textAt));
      tally.deliveries++;
    };
    reader.flow((buffer, start, end) => {
      current = buffer;
      adapter.read(reader, buffer, start, end, deliver);
      tally.progress();
    });
  });
}

/** How many messages of the load should have been sent by now. */
function dueMessages(load: Load, elapsedMs: number): number {
  if (elapsedMs >= load.durationMs) return 0;
  return load.rate === 'saturated' ? load.maxMessages : Math.floor((elapsedMs * load.rate) / 1000) + 1;
}

/**
 * Sends for the load's duration, or until its number of messages is sent, then waits until every reader has every
 * message, at most twenty seconds. Rejects when a connection breaks.
 */
export async function runLoad(room: Room, load: Load): Promise<LoadResult> {
  const { sender, readers, adapter } = room;
  const write = textWriter(load.bytes);
  const tally: Tally = { deliveries: 0, disordered: 0, latencies: new Latencies(), progress: () => undefined };
  const done = Promise.withResolvers<void>();
  const startMs = performance.now();
  let sent = 0;
  let sending = true;
  let pumping = false;
  const pump = () => {
    pumping = false;
    const elapsedMs = performance.now() - startMs;
    const due = Math.min(dueMessages(load, elapsedMs), load.maxMessages) - sent;
    const free = load.window - (sent - Math.floor(tally.deliveries / readers.length));
    const batch: Buffer[] = [];
    for (let i = Math.min(due, free); i > 0; i--) {
      sent++;
      batch.push(adapter.encode(write(performance.now() * 1000, ++room.sent), room.sent));
    }
    if (batch.length > 0) sender.sendAll(batch);
    sending = elapsedMs < load.durationMs && sent < load.maxMessages;
    if (!sending && tally.deliveries >= sent * readers.length) done.resolve();
  };
  // Once a turn of the event loop, so that one write carries all that the deliveries of a turn made room for.
  tally.progress = () => {
    if (pumping) return;
    pumping = true;
    setImmediate(pump);
  };
  listen(room, tally);
  const timer = setInterval(tally.progress, 1);
  const drain = setTimeout(done.resolve, load.durationMs + drainTimeoutMs);
  try {
    const broken = Promise.race([sender, ...readers].map(({ failed }) => failed));
    await Promise.race([done.promise, broken.then((error) => Promise.reject(error))]);
  } finally {
    clearInterval(timer);
    clearTimeout(drain);
    tally.progress = () => undefined;
  }
  return {
    sent,
    deliveries: tally.deliveries,
    lost: sent * readers.length - tally.deliveries,
    disordered: tally.disordered,
    elapsedMs: performance.now() - startMs,
    p50Ms: tally.latencies.quantileMs(0.5),
    p99Ms: tally.latencies.quantileMs(0.99),
  };
}
