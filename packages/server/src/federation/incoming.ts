/**
 * What one link has brought and nobody has dealt with yet. Pieces become frames, which are handed on in order. What is
 * dealt with is granted anew: so the other side never sends more than the window, whoever is slow here.
 */
import { limits, linkLimits, Refusal } from '@parley/protocol';
import type { Gate } from './gate.ts';
import { costOf, type Piece } from './pieces.ts';
import { byPriority, type Priority } from './priority.ts';
import type { Holder, SharedBytes } from './shared-bytes.ts';

/** Dealt with and not told yet: small enough that the rest of the window takes a frame of 1 MiB beside a question of 1 MiB. */
const grantBytes = linkLimits.windowBytes / 8;

export interface Frame {
  readonly priority: Priority;
  readonly isAnswer: boolean;
  readonly bytes: Uint8Array;
}

export interface IncomingOptions {
  readonly gate: Gate;
  readonly shared: SharedBytes;
  /** Deals with a frame, whose bytes count as held until `release`. May throw: the link has to end. */
  readonly take: (frame: Frame, release: () => void) => void;
  /** The other side may send more. */
  readonly grant: (priority: Priority, total: number) => void;
  readonly failed: (error: unknown) => void;
  readonly evict: () => void;
}

interface Held extends Frame {
  readonly cost: number;
}

interface Lane {
  /** The frame that is under way. */
  parts: Uint8Array[];
  partBytes: number;
  isAnswer: boolean;
  cost: number;
  /** What all pieces cost so far: arrived, dealt with, and allowed. */
  received: number;
  done: number;
  granted: number;
}

export class Incoming implements Holder {
  readonly #options: IncomingOptions;
  readonly #lanes = byPriority<Lane>(() => ({
    parts: [],
    partBytes: 0,
    isAnswer: false,
    cost: 0,
    received: 0,
    done: 0,
    granted: linkLimits.windowBytes,
  }));
  #held = 0;
  #isOver = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
    options.shared.join(this);
  }

  get held(): number {
    return this.#held;
  }

  evict(): void {
    this.#options.evict();
  }

  /** Takes the next piece. Throws Refusal('bad-frame') when it is more than was granted or makes no frame. */
  receive(priority: Priority, { isAnswer, hasMore, bytes }: Piece): void {
    const lane = this.#lanes[priority];
    const cost = costOf(bytes.length);
    lane.received += cost;
    const isFirst = lane.parts.length === 0;
    if (lane.received > lane.granted || (!isFirst && isAnswer !== lane.isAnswer)) throw new Refusal('bad-frame');
    if (lane.partBytes + bytes.length > limits.frameBytes) throw new Refusal('bad-frame');
    lane.isAnswer = isAnswer;
    lane.parts.push(bytes);
    lane.partBytes += bytes.length;
    lane.cost += cost;
    this.#hold(cost);
    if (hasMore || this.#isOver) return;
    const whole: Held = { priority, isAnswer, bytes: joined(lane.parts, lane.partBytes), cost: lane.cost };
    lane.parts = [];
    lane.partBytes = 0;
    lane.cost = 0;
    this.#options.gate.enter(priority, whole.cost, () => this.#deal(whole));
  }

  /** Drops what is held. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.shared.leave(this);
    this.#hold(-this.#held);
    for (const lane of Object.values(this.#lanes)) lane.parts = [];
  }

  #deal(held: Held): void {
    if (this.#isOver) return;
    try {
      this.#options.take(held, () => this.#release(held));
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #release({ priority, cost }: Held): void {
    if (this.#isOver) return;
    const lane = this.#lanes[priority];
    this.#hold(-cost);
    lane.done += cost;
    const total = lane.done + linkLimits.windowBytes;
    if (total - lane.granted < grantBytes) return;
    lane.granted = total;
    this.#options.grant(priority, total);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#options.shared.add(bytes);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
