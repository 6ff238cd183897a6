/** The first entry of a room: it makes the room's id, its rules and its owner. */
import { check, type DataOf, kinds, Refusal, serverOf } from '@parley/protocol';
import { type Act, encodeAct, roomIdOf } from './act.ts';
import { keepsBounds } from './allowed.ts';
import { type Crypto, equalBytes, zeroHash } from './crypto.ts';
import { directFault, directRules } from './direct.ts';
import { encodeStamp, envelopeHash } from './envelope.ts';
import { settle } from './fold.ts';
import { encodeHeader, type Header, nextChain } from './header.ts';
import { emptyState } from './leaf.ts';
import type { RoomState } from './state.ts';

/** The only version of the fold that this code knows. */
export const roomVersion = 1;

export interface Created {
  state: RoomState;
  header: Header;
  headerBytes: Uint8Array;
}

/** Makes a room from a Create act, which has no room yet. */
export function createRoom(crypto: Crypto, act: Act, now: number): Created {
  const data = act.data as DataOf<'create'>;
  const actBytes = encodeAct(act);
  const stamp = { origin: data.clerk, incarnation: 0, oseq: 1, prev: zeroHash, after: { term: 0, seq: 0 } };
  const stampBytes = encodeStamp(stamp);
  const header: Header = {
    pos: { term: 1, seq: 1 },
    at: now,
    what: { type: 'envelope', stamp, stampBytes, act, actBytes, signature: null },
  };
  const headerBytes = encodeHeader(header);
  return { state: stateOfCreate(crypto, header, headerBytes), header, headerBytes };
}

/**
 * The state after a Create entry, whoever wrote it.
 * Errors: `bad-request` when it is no Create of its own clerk's user, `unsupported-room` for another version.
 */
export function stateOfCreate(crypto: Crypto, header: Header, headerBytes: Uint8Array): RoomState {
  const { what } = header;
  if (what.type !== 'envelope' || what.act.kind !== 'create' || what.act.room !== null || header.pos.seq !== 1)
    throw new Refusal('bad-request');
  const checked = check(kinds.create.data!, what.act.data ?? {});
  if (!checked.ok) throw new Refusal('bad-request', { field: checked.field });
  const data = checked.value;
  if (data.version !== roomVersion) throw new Refusal('unsupported-room');
  if (serverOf(what.act.user) !== data.clerk || what.stamp.origin !== data.clerk) throw new Refusal('bad-request');
  if (what.stamp.oseq !== 1 || !equalBytes(what.stamp.prev, zeroHash)) throw new Refusal('bad-request');
  if (!keepsBounds(data.permissions)) throw new Refusal('bad-request', { field: 'permissions' });
  const fault = directFault(data, what.act.user);
  if (fault) throw new Refusal('bad-request', { field: fault });
  const id = roomIdOf(crypto, what.actBytes);
  const head = { pos: header.pos, chain: nextChain(crypto, zeroHash, headerBytes) };
  const state = emptyState(id, head, {
    version: data.version,
    network: data.network,
    clerk: data.clerk,
    creator: what.act.user,
    direct: data.direct,
    at: header.at,
  });
  const hash = envelopeHash(crypto, what.stampBytes, crypto.sha256(what.actBytes));
  state.origins.set(data.clerk, { incarnation: what.stamp.incarnation, oseq: what.stamp.oseq, hash });
  state.members.set(what.act.user, { role: 'owner', since: 1, guest: false });
  settle(state, 1, {
    history: state.settings.history,
    ...data,
    ...(data.direct !== undefined && directRules),
    title: what.act.parts.length > 0,
    topic: what.act.parts.length > 0,
  });
  for (const key of ['create', '~created', 'info', `origin/${data.clerk}`, `member/${what.act.user}`])
    state.changed.add(key);
  return state;
}
