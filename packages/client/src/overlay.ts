/**
 * What one's own acts will make of messages, shown before they have their outcome: an edit, a reaction, a redaction
 * that waits in the outbox is folded into the row it means as if it stood at the end of the log.
 */
import type { MessageRef, RawEntry, SignedIn } from '@parley/protocol';
import type { OutboxRow } from './api.ts';
import { fold, sameMessage } from './fold.ts';

/** An act of one's own that waits, or has come to its place while its entry is still on the way. */
export interface Pending {
  readonly row: OutboxRow;
  readonly sent: { seq: number; at: number } | undefined;
}

const kindOf: Record<string, string> = {
  'message.edit': 'edit',
  'message.redact': 'redact',
  'message.react': 'react',
  'message.unreact': 'unreact',
  'message.pin': 'pin',
  'message.unpin': 'unpin',
};

export class Overlay {
  /** What was made of a row by which acts, so that a row stays the same as long as both do. */
  readonly #made = new WeakMap<RawEntry, { acts: readonly Pending[]; row: RawEntry }>();

  /** The rows with the acts folded in; rows that none means are the same. */
  over(rows: readonly RawEntry[], pending: readonly Pending[], me: SignedIn): readonly RawEntry[] {
    const acts = pending.filter(({ row }) => row.state !== 'failed' && kindOf[row.request] !== undefined);
    if (acts.length === 0) return rows;
    return rows.map((row) => {
      const own = acts.filter(({ row: { payload } }) => means((payload as { target: MessageRef }).target, row));
      return own.length === 0 ? row : this.#fold(row, own, me);
    });
  }

  #fold(row: RawEntry, acts: readonly Pending[], me: SignedIn): RawEntry {
    const held = this.#made.get(row);
    if (held && held.acts.length === acts.length && held.acts.every((act, i) => act === acts[i])) return held.row;
    let made: readonly RawEntry[] = [row];
    for (const act of acts) made = fold(made, imagined(act, me));
    this.#made.set(row, { acts, row: made[0] ?? row });
    return made[0] ?? row;
  }
}

const means = (target: MessageRef, row: RawEntry): boolean =>
  sameMessage(row, target) || (row.reactions?.some((one) => sameMessage(one, target)) ?? false);

function imagined({ row, sent }: Pending, me: SignedIn): RawEntry {
  const { target, body, emoji, reason } = row.payload as {
    target: MessageRef;
    body?: unknown;
    emoji?: string;
    reason?: string;
  };
  return {
    room: row.room,
    term: 0,
    seq: sent?.seq ?? Number.MAX_SAFE_INTEGER,
    at: sent?.at ?? row.at,
    kind: kindOf[row.request] ?? '',
    user: me.user,
    name: me.name,
    clientId: row.clientId,
    target,
    body: body ?? (emoji === undefined ? { ...(reason !== undefined && { reason }) } : { emoji }),
  };
}
