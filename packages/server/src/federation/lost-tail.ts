/**
 * The end of a log that its clerk lost, as another server holds it: read page by page and held against the last checkpoint
 * that the clerk itself signed. It is read twice, so that nothing of it is believed before all of it is proven, and nothing
 * of it is kept in memory.
 */
import type { LogLine, NamedPerson, Position, QuestionPayload, QuestionReply } from '@parley/protocol';
import {
  type Checkpoint,
  type Crypto,
  decodeHeader,
  equalBytes,
  isBefore,
  nextChain,
  type RoomState,
  verifyCheckpoint,
  zeroHash,
} from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Store } from '../store/store.ts';
import type { ChainMarks } from './chain-marks.ts';

/** Pages of 128 entries. */
const mostPages = 20_000;
/** How far back is looked first where the two logs differ below the place that they should share. */
const firstStep = 64;

type Reply = QuestionReply<'tail'>;

export interface LostTailOptions {
  readonly store: Pick<Store, 'entry'>;
  readonly chains: Pick<ChainMarks, 'before'>;
  readonly crypto: Crypto;
  /** This server. */
  readonly id: string;
  readonly ask: (server: string, asked: QuestionPayload<'tail'>) => Promise<Reply>;
}

/** The room as its clerk has it. */
export type TailRoom = Pick<LoadedRoom, 'id' | 'n'> & { readonly state: Pick<RoomState, 'network'> };

/** A page of the tail by its end. */
interface PageEnd {
  seq: number;
  chain: Uint8Array;
}

export interface LostTail {
  readonly server: string;
  /** The clerk's own word for the end of it. */
  readonly checkpoint: Checkpoint;
  /** The last place that both logs share, as far as that is known. */
  readonly shared: Position;
  /** The chain there; undefined where the other log begins after it. */
  readonly chain: Uint8Array | undefined;
  readonly pages: readonly PageEnd[];
}

export interface TailPage {
  lines: readonly LogLine[];
  people: readonly NamedPerson[];
}

/**
 * Finds what a server holds beyond `base`, a place of the clerk's own log, and proves it: up to the last checkpoint of this
 * server. Undefined where there is none, or it is for another log.
 */
export async function findTail(
  options: LostTailOptions,
  room: TailRoom,
  server: string,
  base: Position,
): Promise<LostTail | undefined> {
  for (let back = 0; ; back = back === 0 ? firstStep : back * 8) {
    const shared = await placeAt(options, room, base, Math.max(0, base.seq - back));
    const found = await readOnce(options, room, server, shared);
    if (found !== 'differs') return found;
    if (shared.seq === 0) return undefined;
  }
}

/** The same pages again, up to the checkpoint; ends early where they are others now. */
export async function* pagesOf(
  { crypto, ask }: LostTailOptions,
  room: string,
  { server, shared, pages, checkpoint, chain: before }: LostTail,
): AsyncGenerator<TailPage> {
  let chain = before;
  let after: number | undefined;
  for (const end of pages) {
    const reply = await ask(server, { room, base: shared, ...(after === undefined ? {} : { after }) });
    chain ??= reply.before ?? zeroHash;
    const lines = reply.lines.slice(0, countTo(reply.lines, end.seq));
    for (const { header } of lines) chain = nextChain(crypto, chain, header);
    if (lines.length === 0 || !equalBytes(chain, end.chain) || end.seq > checkpoint.pos.seq) return;
    yield { lines, people: reply.people };
    after = end.seq;
  }
}

async function readOnce(
  options: LostTailOptions,
  room: TailRoom,
  server: string,
  shared: Position,
): Promise<LostTail | undefined | 'differs'> {
  const { crypto, ask, id } = options;
  const { network } = room.state;
  let reply = await ask(server, { room: room.id, base: shared });
  const { checkpoint } = reply;
  if (!checkpoint || !verifyCheckpoint(crypto, network, room.id, id, checkpoint)) return undefined;
  const [first] = reply.lines;
  if (!first) return { server, checkpoint, shared, chain: undefined, pages: [] };
  const { pos: begins } = decodeHeader(first.header);
  if (isBefore(checkpoint.pos, begins)) return upTo(options, room, server, checkpoint);
  const start = begins.seq;
  const place = start - 1 < shared.seq ? await placeAt(options, room, shared, start - 1) : shared;
  const own = start - 1 === place.seq ? await chainAt(options, room, place.seq) : undefined;
  const begin = reply.before ?? own;
  if (!begin) return 'differs';
  const isShared = own !== undefined && equalBytes(own, begin);
  const pages: PageEnd[] = [];
  let chain = begin;
  for (let count = 0; count < mostPages; count++) {
    for (const { header } of reply.lines) {
      const { pos } = decodeHeader(header);
      chain = nextChain(crypto, chain, header);
      if (pos.term !== checkpoint.pos.term || pos.seq !== checkpoint.pos.seq) continue;
      if (!equalBytes(chain, checkpoint.chain)) return 'differs';
      pages.push({ seq: pos.seq, chain });
      return { server, checkpoint, shared: isShared ? place : origin, chain: isShared ? own : undefined, pages };
    }
    const last = reply.lines.at(-1);
    if (!last || !reply.more) break;
    const { seq } = decodeHeader(last.header).pos;
    pages.push({ seq, chain });
    reply = await ask(server, { room: room.id, base: shared, after: seq });
  }
  return undefined;
}

/** The clerk never vouched for what is beyond; what is before it signed may be its own log. */
async function upTo(
  options: LostTailOptions,
  room: TailRoom,
  server: string,
  checkpoint: Checkpoint,
): Promise<LostTail | undefined> {
  const { pos } = checkpoint;
  const own = await options.store.entry.bySeq(room.n, pos.seq);
  const chain = own?.term === pos.term ? await chainAt(options, room, pos.seq) : undefined;
  const isShared = chain !== undefined && equalBytes(chain, checkpoint.chain);
  return isShared ? { server, checkpoint, shared: pos, chain, pages: [] } : undefined;
}

const origin: Position = { term: 0, seq: 0 };

/** A place of the clerk's own log at or before `base`. */
async function placeAt({ store }: LostTailOptions, room: TailRoom, base: Position, seq: number): Promise<Position> {
  if (seq === 0) return origin;
  if (seq === base.seq) return base;
  const entry = await store.entry.bySeq(room.n, seq);
  return entry ? { term: entry.term, seq } : origin;
}

const chainAt = ({ chains }: LostTailOptions, room: TailRoom, seq: number): Promise<Uint8Array> =>
  seq === 0 ? Promise.resolve(zeroHash) : chains.before(room, seq + 1);

/** How many of these lines are up to a seq. */
function countTo(lines: readonly LogLine[], seq: number): number {
  const last = lines.findLastIndex(({ header }) => decodeHeader(header).pos.seq <= seq);
  return last + 1;
}
