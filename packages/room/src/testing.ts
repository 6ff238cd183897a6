// A room to try things on: its people, its clerk, and every line of its log. For tests alone.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import {
  defaultPermissions,
  encodeCbor,
  idBytes,
  limits,
  type MemberChange,
  type Permission,
  roles,
  toBase32,
} from '@parley/protocol';
import fc from 'fast-check';
import type { Act } from './act.ts';
import { createRoom } from './create.ts';
import type { Crypto } from './crypto.ts';
import { decodeHeader, type Header } from './header.ts';
import { type Part, refOf } from './part.ts';
import type { RoomState } from './state.ts';
import { type Input, type Stepped, step } from './step.ts';

const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');

/** The primitives of Node with the identity that `seed` gives. */
export function cryptoOf(seed: number): Crypto & { server: string; publicKey: Uint8Array } {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spki.length);
  return {
    server: toBase32(raw),
    publicKey: new Uint8Array(raw),
    sha256: (...chunks) => new Uint8Array(createHash('sha256').update(Buffer.concat(chunks)).digest()),
    sign: (message) => new Uint8Array(sign(null, message, key)),
    verify: (publicKey, message, signature) =>
      verify(
        null,
        message,
        createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }),
        signature,
      ),
  };
}

export const crypto = cryptoOf(1);
export const clerk = crypto.server;
/** Another server, with people of its own. */
export const stranger = cryptoOf(2).server;
export const startMs = 1_800_000_000_000;

/** The id of a person by number; 0 is the owner of the rooms here. */
export const person = (n: number, server = clerk): string => `${toBase32(new Uint8Array(10).fill(n + 1))}.${server}`;
export const ada = person(0);
export const ben = person(1);
export const cleo = person(2);
export const dan = person(3);

export interface Line {
  headerBytes: Uint8Array;
  parts: (Part | null)[];
}
export type Fields = Partial<Pick<Act, 'data' | 'target' | 'parts' | 'clientId'>> & { text?: string };

/** A room with its whole log, one clock and one counter of clientIds. */
export class Book {
  readonly lines: Line[] = [];
  readonly state: RoomState;
  now = startMs;
  #drawn = 0;
  readonly #parts = new Map<string, Part>();

  constructor(data: Record<string, unknown> = {}) {
    const create = { version: 1, network: 'test', clerk, encryption: 'none', nonce: 'n', ...data };
    const act: Act = { room: null, user: ada, device: '', clientId: 'create', kind: 'create', data: create, parts: [] };
    const { state, headerBytes } = createRoom(crypto, act, this.now);
    this.state = state;
    this.lines.push({ headerBytes, parts: [] });
  }

  /** Every header so far. */
  get log(): Header[] {
    return this.lines.map(({ headerBytes }) => decodeHeader(headerBytes));
  }

  /** An act as the server of `user` makes it. `text` becomes a part. */
  act(user: string, kind: string, { text, ...fields }: Fields = {}): Act {
    const clientId = `c${++this.#drawn}`;
    const parts = text === undefined ? [] : [this.#part(text)];
    return { room: this.state.id, user, device: 'd', clientId, kind, parts, ...fields };
  }

  /** Runs one input through the clerk and keeps what it appends. */
  step(input: Input): Stepped {
    const stepped = step(this.state, input, this.now, crypto);
    for (const { header, headerBytes } of stepped.entries) {
      const refs = header.what.type === 'envelope' || header.what.type === 'clerk' ? header.what.act.parts : [];
      this.lines.push({ headerBytes, parts: refs.map(({ hash }) => this.#parts.get(toBase32(hash)) ?? null) });
    }
    return stepped;
  }

  /** An act of `user`, on a target that stands; the outcome as one word: `entry` or the code of the refusal. */
  try(user: string, kind: string, fields: Fields = {}): string {
    const target = { kind: kind === 'unreact' ? 'react' : 'message', gone: false };
    const act = this.act(user, kind, fields);
    const { outcome } = this.step({ type: 'act', act, facts: { target }, after: this.state.head });
    return outcome?.type === 'refused' ? outcome.code : 'entry';
  }

  member(user: string, change: MemberChange, subject: string, more: object = {}): string {
    return this.try(user, 'member', { data: { change, subject, ...more } });
  }

  #part(text: string): Act['parts'][number] {
    const part = { salt: new Uint8Array(16).fill(++this.#drawn), bytes: encodeCbor({ text }) };
    const ref = refOf(crypto, part);
    this.#parts.set(toBase32(ref.hash), part);
    return ref;
  }
}

type Move = [who: number, what: number, whom: number, how: number, waitMs: number];
const moves: ((book: Book, me: string, whom: string, how: number) => unknown)[] = [
  (book, me) => book.try(me, 'message', { text: 'hello' }),
  (book, me, whom, how) => book.try(me, 'react', { target: { user: whom, clientId: `c${how}` }, text: 'x' }),
  (book, me, whom, how) => book.try(me, 'pin', { target: { user: whom, clientId: `c${how}` } }),
  (book, me, whom, how) => book.try(me, 'unpin', { target: { user: whom, clientId: `c${how}` } }),
  (book, me, whom, how) => book.try(me, 'redact', { target: { user: whom, clientId: `c${how}` } }),
  (book, me) => book.member(me, 'join', me),
  (book, me) => book.member(me, 'join', me, { guest: true }),
  (book, me) => book.member(me, 'join', me),
  (book, me) => book.member(me, 'leave', me),
  (book, me) => book.member(me, 'knock', me),
  (book, me) => book.member(me, 'decline', me),
  (book, me) => book.member(me, 'withdraw', me),
  (book, me, whom) => book.member(me, 'deny', whom),
  (book, me, whom) => book.member(me, 'invite', whom),
  (book, me, whom) => book.member(me, 'revoke', whom),
  (book, me, whom) => book.member(me, 'kick', whom),
  (book, me, whom, how) => book.member(me, 'ban', whom, how % 2 ? { durationMs: how * 10 } : {}),
  (book, me, whom) => book.member(me, 'unban', whom),
  (book, me, whom, how) =>
    book.try(me, 'mute', { data: { subject: whom, ...(how % 2 ? { durationMs: how * 10 } : {}) } }),
  (book, me, whom) => book.try(me, 'unmute', { data: { subject: whom } }),
  (book, me, whom, how) => book.try(me, 'role', { data: { subject: whom, role: roles[how % 4] } }),
  (book, me, whom, how) => book.try(me, 'role', { data: { subject: whom, role: roles[how % 4] } }),
  (book, me) => book.try(me, 'erase', { data: { subject: me } }),
  (book, me, _whom, how) => book.try(me, 'settings', { data: ruleChanges[how % ruleChanges.length] }),
  (book) => book.step({ type: 'due' }),
];
const posting: Permission[] = ['post', 'react'];
const ruleChanges = [
  { joinRule: 'public' },
  { joinRule: 'invite' },
  { joinRule: 'knock' },
  { history: 'since-join' },
  { history: 'all' },
  { history: 'world' },
  { retentionDays: 3 },
  { keepForever: true },
  { alias: 'ops', listed: false, title: true },
  { slowModeMs: 500 },
  { slowModeMs: 0 },
  { permissions: { ...defaultPermissions, member: posting, guest: [] } },
];
const move: fc.Arbitrary<Move> = fc.tuple(
  fc.nat(5),
  fc.nat(moves.length - 1),
  fc.nat(5),
  fc.nat(60),
  fc.constantFrom(0, 1, 200, 5_000, limits.durationMs),
);

/** A test over rooms in which six people do random things, most of them refused. */
export function everyBook(name: string, check: (book: Book) => void, numRuns = 100): void {
  everyRoom(name, { open: () => new Book(), people: [0, 1, 2, 3, 4, 5].map((n) => person(n)), check, numRuns });
}

/** A test over rooms of `open`, in which the first of six people is the owner and the next three are members at first. */
export function everyRoom<B extends Book>(
  name: string,
  { open, people, check, numRuns }: { open: () => B; people: string[]; check: (book: B) => void; numRuns: number },
): void {
  test(name, () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80, size: 'max' }), (played) => {
        const book = open();
        for (const user of people.slice(1, 4)) book.member(user, 'join', user);
        book.try(ada, 'role', { data: { subject: people[1], role: 'admin' } });
        for (const [who, what, whom, how, waitMs] of played) {
          book.now += waitMs;
          moves[what]!(book, people[who]!, people[whom]!, how);
        }
        check(book);
      }),
      { numRuns },
    );
  });
}

/** The 32 bytes of a server id, for headers that are made by hand. */
export const serverBytes = (server: string): Uint8Array => idBytes(server);
