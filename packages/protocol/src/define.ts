/** A message type is one value: everything that is known of a request or event stands in one entry of the protocol. */
import type { ErrorCode } from './error.ts';
import type { Infer, Schema } from './field.ts';
import type { Permission } from './role.ts';

/**
 * Who may send a request: `anyone` who is connected, any signed-in `guest` or above, an `account`, or an `operator` of
 * this server. The order is that of growing trust.
 */
export type Caller = 'anyone' | 'guest' | 'account' | 'operator';

/** Shortcuts for a good answer before the room core decides; they look at the room named in `payload.room`. */
export interface RoomGuard {
  /** `member`: must be one. `reader`: a member, or anybody where the room's history is open to the world. */
  as: 'member' | 'reader';
  permission?: Permission;
  notMuted?: true;
}

/** The bucket that a request is charged to; see the server's limits. */
export type Rate = 'query' | 'send' | 'signal' | 'sign-in' | 'create' | 'bulk';

export interface RequestType<P = unknown, R = unknown> {
  kind: 'request';
  about: string;
  from: Caller;
  room?: RoomGuard;
  rate: Rate;
  payload: Schema<P>;
  reply: Schema<R>;
  errors: readonly ErrorCode[];
}

export interface EventType<P = unknown> {
  kind: 'event';
  about: string;
  payload: Schema<P>;
}

export function request<P extends Schema<unknown>, R extends Schema<unknown>>(definition: {
  about: string;
  from: Caller;
  room?: RoomGuard;
  rate?: Rate;
  payload: P;
  reply: R;
  errors?: readonly ErrorCode[];
}): RequestType<Infer<P>, Infer<R>> {
  const { rate = 'query', errors = [], payload, reply, ...rest } = definition;
  return {
    ...rest,
    kind: 'request',
    rate,
    errors,
    payload: payload as Schema<Infer<P>>,
    reply: reply as Schema<Infer<R>>,
  };
}

export function event<P extends Schema<unknown>>(definition: { about: string; payload: P }): EventType<Infer<P>> {
  return { kind: 'event', about: definition.about, payload: definition.payload as Schema<Infer<P>> };
}

export type PayloadOf<T> = T extends RequestType<infer P, unknown> ? P : T extends EventType<infer P> ? P : never;
export type ReplyOf<T> = T extends RequestType<unknown, infer R> ? R : never;
