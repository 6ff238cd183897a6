/** Everything that may be said between a client and its server. Wire name = path, as `message.send`. */
import { account } from './account.ts';
import { archive } from './archive.ts';
import { channel } from './channel.ts';
import type { EventType, PayloadOf, ReplyOf, RequestType } from './define.ts';
import { direct } from './direct.ts';
import { history } from './history.ts';
import { invite } from './invite.ts';
import { key } from './key.ts';
import { marker } from './marker.ts';
import { member } from './member.ts';
import { entry, message } from './message.ts';
import { notice } from './notice.ts';
import { outcome } from './outcome.ts';
import { peer } from './peer.ts';
import { privacy } from './privacy.ts';
import { receipt } from './receipt.ts';
import { room } from './room.ts';
import { server } from './server.ts';
import { session } from './session.ts';
import { presence, typing } from './signal.ts';
import { sync } from './sync.ts';
import { user } from './user.ts';

export const protocol = {
  session,
  account,
  user,
  invite,
  room,
  direct,
  member,
  message,
  entry,
  outcome,
  history,
  sync,
  typing,
  presence,
  receipt,
  privacy,
  marker,
  archive,
  channel,
  key,
  notice,
  peer,
  server,
};
export type Protocol = typeof protocol;

type Nouns = keyof Protocol & string;
type Names<Wanted> = {
  [N in Nouns]: {
    [V in keyof Protocol[N] & string]: Protocol[N][V] extends Wanted ? `${N}.${V}` : never;
  }[keyof Protocol[N] & string];
}[Nouns];

export type RequestName = Names<RequestType>;
export type EventName = Names<EventType>;
type At<Name extends string> = Name extends `${infer N}.${infer V}`
  ? N extends Nouns
    ? V extends keyof Protocol[N]
      ? Protocol[N][V]
      : never
    : never
  : never;
export type Payload<Name extends RequestName | EventName> = PayloadOf<At<Name>>;
export type Reply<Name extends RequestName> = ReplyOf<At<Name>>;
/** An event as it arrives; told apart by `event`. */
export type ServerEvent = { [N in EventName]: { event: N; payload: Payload<N> } }[EventName];

/** One handler for each request of a noun: a missing or misspelt one does not compile. */
export type Handlers<Noun, Context> = {
  [V in keyof Noun as Noun[V] extends RequestType ? V : never]: (
    context: Context,
    payload: PayloadOf<Noun[V]>,
  ) => Promise<ReplyOf<Noun[V]>>;
};

/** Every request and event by its wire name. */
export const requestTypes: ReadonlyMap<string, RequestType> = collect('request');
export const eventTypes: ReadonlyMap<string, EventType> = collect('event');

function collect<T>(kind: 'request' | 'event'): Map<string, T> {
  const found = new Map<string, T>();
  for (const [noun, verbs] of Object.entries(protocol))
    for (const [verb, type] of Object.entries(verbs)) if (type.kind === kind) found.set(`${noun}.${verb}`, type as T);
  return found;
}
