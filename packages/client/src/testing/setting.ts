/** One server with a room, clients of its members, and the comparison of what a client shows with what the server holds. */
import type { Client, Row, Store, Timeline } from '../api.ts';
import { createClient } from '../client.ts';
import { rowOf } from '../row.ts';
import { memoryStore } from '../store-memory.ts';
import { type FakeOptions, FakeServer } from './fake-server.ts';
import { type VirtualRuntime, virtualRuntime } from './virtual-runtime.ts';

export interface Setting {
  runtime: VirtualRuntime;
  server: FakeServer;
  /** `#ops`, with ada and bob. */
  room: ReturnType<FakeServer['room']>;
  client(store?: Store): Client;
  /** A client as which ada is signed in. */
  ada(store?: Store): Promise<Client>;
}

export function setting(
  drain: () => Promise<unknown>,
  options: Partial<FakeOptions> & { seed?: number } = {},
): Setting {
  const runtime = virtualRuntime(drain, options.seed);
  const server = new FakeServer({ now: () => runtime.now(), ...options });
  const room = server.room('ops', 'ada', 'bob');
  const client = (store = memoryStore()) =>
    createClient({ dial: server.dial, store, runtime, name: 'test/1', device: 'test' });
  return {
    runtime,
    server,
    room,
    client,
    async ada(store) {
      const ada = client(store);
      await ada.signIn({ name: 'ada', password: 'secret' });
      return ada;
    },
  };
}

/** Every row of the room, once all pages before the window are loaded. */
export async function allRows(timeline: Timeline): Promise<readonly Row[]> {
  for await (const { loading } of timeline.values()) if (!loading) break;
  while (timeline.get().before) {
    await timeline.loadBefore();
    const { error } = timeline.get();
    if (error) throw new Error(error);
  }
  return timeline.get().rows;
}

/** The rows that the server's log makes for somebody. */
export function rowsOf(room: Setting['room'], me: string): Row[] {
  return room
    .rows()
    .filter((entry) => !room.hidden.has(entry.seq))
    .map((entry) => rowOf(entry, me));
}

/** Signs in as ada, as often as it takes; the session may have been kept before the connection broke. */
export async function signedIn(client: Client, runtime: VirtualRuntime): Promise<void> {
  for (let tries = 0; tries < 20 && !client.me.get(); tries++) {
    await meanwhile(
      client.signIn({ name: 'ada', password: 'secret' }).catch(() => undefined),
      runtime,
    );
  }
}

/** Lets time pass until a promise has settled. */
export async function meanwhile<T>(promise: Promise<T>, runtime: VirtualRuntime): Promise<T> {
  let over = false;
  const done = () => {
    over = true;
  };
  promise.then(done, done);
  for (let i = 0; i < 1_000 && !over; i++) await runtime.pass(500);
  return promise;
}

/** Lets time pass until the client is online and nothing waits. */
export async function calm(client: Client, runtime: VirtualRuntime): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await runtime.settle();
    const waiting = client.outbox.get().some((row) => row.state !== 'failed');
    if (client.status.get().state === 'online' && !waiting) return;
    await runtime.pass(1_000);
  }
  throw new Error(`still ${client.status.get().state} with ${JSON.stringify(client.outbox.get())}`);
}
