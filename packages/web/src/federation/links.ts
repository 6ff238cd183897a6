/** Links with other servers as an operator reads them: what stands in each row, and in which order. */
import { type Payload, type PeerFault, type PeerView, peerFaults, peerKey, type Reply } from '@parley/protocol';
import { countOf, lasting } from '../ui/time.ts';

export type Listing = Reply<'peer.list'>;

/** The list after an event. */
export function changed(listing: Listing, { peers, gone, refused, relayed }: Payload<'peer.changed'>): Listing {
  const left = new Map(listing.peers.map((peer) => [peerKey(peer), peer]));
  for (const key of gone) left.delete(key);
  for (const peer of peers) left.set(peerKey(peer), peer);
  return { ...listing, peers: [...left.values()], ...(refused && { refused }), ...(relayed && { relayed }) };
}

export interface Called {
  /** What to show it by: a name that counts, else the beginning of its key, else where it is dialled. */
  label: string;
  /** What is known of that. */
  about: string;
  tone: 'plain' | 'warn';
}

/** What a server is called, and how far that is to be believed. */
export function calledOf({ id, name, nameState, urls }: PeerView): Called {
  if (id === undefined) return { label: urls[0] ?? 'Unknown', about: 'not known yet', tone: 'plain' };
  const key = `${id.slice(0, 8)}…`;
  if (name !== undefined && nameState === 'verified') return { label: name, about: 'name verified', tone: 'plain' };
  if (name !== undefined && nameState === 'unverified') return { label: name, about: 'name unverified', tone: 'warn' };
  if (name !== undefined && nameState === 'taken')
    return { label: key, about: `says it is ${name}, which is another server’s name`, tone: 'warn' };
  return { label: key, about: 'by its key, without a name', tone: 'plain' };
}

export type LinkState = 'linked' | 'relayed' | 'connecting' | 'away' | 'blocked';

export function stateOf({ state, relay }: PeerView): LinkState {
  if (state === 'connected') return relay === undefined ? 'linked' : 'relayed';
  if (state === 'connecting') return 'connecting';
  return state === 'blocked' ? 'blocked' : 'away';
}

export const stateWords: Readonly<Record<LinkState, string>> = {
  linked: 'Linked',
  relayed: 'Linked by relay',
  connecting: 'Connecting',
  away: 'Not linked',
  blocked: 'Blocked',
};

export const faultWords = (fault: PeerFault): string => upper(peerFaults[fault]);

/** Why there is no link and what comes next; nothing while there is one. */
export function reasonOf({ state, lastError, retryAt }: PeerView, now: number): string | undefined {
  if (state === 'connected' || state === 'blocked') return undefined;
  const again = retryAt === undefined ? undefined : retryAt > now ? `next try in ${lasting(retryAt - now)}` : 'trying';
  const words = [...(lastError === undefined ? [] : [peerFaults[lastError]]), ...(again === undefined ? [] : [again])];
  return words.length === 0 ? undefined : upper(words.join(' · '));
}

const upper = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Messages and acts that wait for a server, and frames that wait for the line to it. */
export function waitingOf({ waiting, traffic }: PeerView): number {
  return (waiting?.acts ?? 0) + (traffic?.queued ?? []).reduce((sum, { frames }) => sum + frames, 0);
}

/** How long the oldest of what waits has waited, ms; undefined where nothing does. */
export function lagOf(peer: PeerView, now: number): number | undefined {
  if (waitingOf(peer) === 0) return undefined;
  const acts = peer.waiting ? Math.max(0, now - peer.waiting.oldestAt) : 0;
  return Math.max(acts, peer.traffic?.lagMs ?? 0);
}

/** Lag, else the way there and back, else nothing. */
export function lagWords(peer: PeerView, now: number): string {
  const lag = lagOf(peer, now);
  if (lag !== undefined) return lasting(lag);
  return peer.traffic?.roundTripMs === undefined ? '—' : `${countOf(peer.traffic.roundTripMs)} ms`;
}

/** What needs a look first: servers that are away while something waits, then others that are away; blocked ones last. */
export function sorted(peers: readonly PeerView[]): PeerView[] {
  const rank = (peer: PeerView): number => {
    const state = stateOf(peer);
    if (state === 'blocked') return 4;
    if (state === 'linked' || state === 'relayed') return waitingOf(peer) > 0 ? 2 : 3;
    return waitingOf(peer) > 0 ? 0 : 1;
  };
  const label = (peer: PeerView): string => calledOf(peer).label;
  return peers.toSorted((a, b) => rank(a) - rank(b) || label(a).localeCompare(label(b)));
}

export interface Totals {
  linked: number;
  /** Without those that are blocked. */
  all: number;
  waiting: number;
  /** Of what waits for longest, ms. */
  lag: number | undefined;
}

export function totalsOf(peers: readonly PeerView[], now: number): Totals {
  const wanted = peers.filter(({ state }) => state !== 'blocked');
  const lags = wanted.flatMap((peer) => lagOf(peer, now) ?? []);
  return {
    linked: wanted.filter(({ state }) => state === 'connected').length,
    all: wanted.length,
    waiting: wanted.reduce((sum, peer) => sum + waitingOf(peer), 0),
    lag: lags.length === 0 ? undefined : Math.max(...lags),
  };
}

/** Below this a server that is away may just be starting anew. */
const patienceMs = 60_000;

/** The server for which most waits while it is away for a while. */
export function troubleOf(peers: readonly PeerView[], now: number): PeerView | undefined {
  const stuck = peers.filter(
    (peer) => stateOf(peer) === 'away' && peer.waiting !== undefined && now - peer.waiting.oldestAt >= patienceMs,
  );
  return stuck.toSorted((a, b) => (b.waiting?.acts ?? 0) - (a.waiting?.acts ?? 0))[0];
}

/** 812 B, 14 kB, 3 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${countOf(bytes)} B`;
  if (bytes < 1_000_000) return `${countOf(Math.round(bytes / 1_000))} kB`;
  return `${countOf(Math.round(bytes / 1_000_000))} MB`;
}

/** What an operator types as an address: a URL, or a name in DNS; undefined for what is neither. */
export function addressOf(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  const hasScheme = /^https?:\/\//i.test(text);
  const address = hasScheme ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.pathname !== '/' || url.search || url.hash || url.username) return undefined;
  if (hasScheme) return url.origin;
  // A port, or what is no name of several labels, says nothing without a scheme.
  return url.port === '' && /^[^:/]+\.[^:/]+$/.test(text) && !/^[\d.]+$/.test(text) ? url.hostname : undefined;
}
