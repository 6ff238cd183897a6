/**
 * Requests to handlers, the same for every door. The only catch: a Refusal becomes an error frame, anything else becomes
 * `internal` with an id that is in the log.
 */
import {
  actReply,
  check,
  decodeRequest,
  type ErrorBody,
  encodeFrame,
  errors,
  type Handlers,
  type Protocol,
  Refusal,
  type RequestFrame,
  type RequestType,
  requestTypes,
} from '@parley/protocol';
import { can, isMuted } from '@parley/room';
import { accessTo, readerOf } from './access.ts';
import type { Context } from './context.ts';
import type { Rates } from './rates.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './session.ts';
import type { Turn } from './turns.ts';
import { Turnstile } from './turnstile.ts';

/** A handler for every request of the protocol; a missing one does not compile. */
export type AllHandlers = { [Noun in keyof Protocol]: Handlers<Protocol[Noun], Context> };
type Handler = (context: Context, payload: unknown) => Promise<unknown>;

/** What a request under way has taken. */
interface Asked {
  id: number;
  weight: number;
  /** Events are held back until it is answered. */
  holds: boolean;
  turn: Turn | undefined;
}

export class Router {
  readonly #handlers = new Map<string, Handler>();
  readonly #rates: Rates;
  readonly #turnstile: Turnstile;

  constructor(handlers: AllHandlers, rates: Rates, runtime: Runtime) {
    this.#rates = rates;
    this.#turnstile = new Turnstile(runtime);
    for (const [noun, verbs] of Object.entries(handlers))
      for (const [verb, handler] of Object.entries(verbs)) this.#handlers.set(`${noun}.${verb}`, handler as Handler);
  }

  /** Answers one frame. Resolves when the answer is written; never rejects. */
  async answer(context: Context, frame: Uint8Array): Promise<void> {
    const { session } = context;
    const { encoding } = session.link;
    const asked: Asked = { id: 0, weight: 1, holds: false, turn: undefined };
    session.underWay += asked.weight;
    try {
      const { type, handler, payload } = this.#understand(session, frame, asked);
      if (reads(type)) await this.#turnstile.pass(session);
      if (asked.turn?.before) await asked.turn.before;
      let reply: unknown;
      try {
        if (type.room) await guard(context, type, (payload as { room: string }).room);
        reply = await handler(context, payload);
      } catch (error) {
        reply = await resent(context, type, payload, error);
      }
      asked.turn?.pass();
      await session.link.send(encodeFrame(encoding, { id: asked.id, reply }));
    } catch (error) {
      await answerError(context, asked.id, error);
    } finally {
      asked.turn?.pass();
      if (asked.holds) session.reader.release();
      session.underWay -= asked.weight;
    }
  }

  /** Reads a frame and admits it; notes in `asked` what has to be given back when it is answered. */
  #understand(
    session: Session,
    frame: Uint8Array,
    asked: Asked,
  ): { type: RequestType; handler: Handler; payload: unknown } {
    const request = this.#decode(session, frame);
    asked.id = request.id;
    const type = requestTypes.get(request.request);
    const handler = this.#handlers.get(request.request);
    this.#rates.charge(session, type?.rate ?? 'query');
    if (!type || !handler) throw new Refusal('unknown-request');
    if (!isLight(type)) {
      session.underWay += heavy - asked.weight;
      asked.weight = heavy;
    }
    admit(session, request.request, type);
    const checked = check(type.payload, request.payload);
    if (!checked.ok) throw new Refusal('bad-request', { field: checked.field });
    asked.holds = startsFollowing(request.request, session);
    if (asked.holds) session.reader.hold();
    // Acts of one connection in one room are placed in the order in which they came.
    const { room, clientId } = checked.value as { room?: string; clientId?: string };
    if (room !== undefined && clientId !== undefined) asked.turn = session.turns.take(room, clientId);
    return { type, handler, payload: checked.value };
  }

  /** What cannot be read costs as much as a question. */
  #decode(session: Session, frame: Uint8Array): RequestFrame {
    try {
      return decodeRequest(session.link.encoding, frame);
    } catch (error) {
      this.#rates.charge(session, 'query');
      throw error;
    }
  }
}

/** What a request weighs whose reply may be long; one that is answered in a line weighs 1. */
const heavy = 32;
const isLight = ({ rate }: RequestType): boolean => rate === 'send' || rate === 'signal';
const reads = ({ rate }: RequestType): boolean => rate === 'query' || rate === 'bulk';

const following = new Set(['sync.start', 'peer.watch', 'room.join', 'room.create', 'direct.open']);

/** Whether the reply begins a subscription, so that events wait until it is written; the first words of a guest do. */
function startsFollowing(name: string, { watching }: Session): boolean {
  if (name === 'message.send') return watching.size > 0;
  return following.has(name);
}

function admit(session: Session, name: string, type: RequestType): void {
  if (session.version === undefined && name !== 'session.hello') throw new Refusal('not-signed-in');
  if (type.from === 'anyone') return;
  const { person } = session.me;
  if (type.from !== 'guest' && person.kind === 'guest') throw new Refusal('guests-refused');
  if (type.from === 'operator' && person.serverRole === 'user') throw new Refusal('forbidden');
}

/** A refusal of an act that stands is that of a resend, by somebody who has left or was muted since: the answer is where. */
async function resent(context: Context, type: RequestType, payload: unknown, error: unknown): Promise<unknown> {
  const isAct = error instanceof Refusal && type.reply === actReply;
  const standing = isAct ? await standingOf(context, payload) : undefined;
  if (!standing) throw error;
  return standing;
}

async function standingOf({ rooms, session }: Context, payload: unknown) {
  const { room, clientId } = payload as { room: string; clientId: string };
  try {
    return await rooms.standing(room, session.me.person, clientId);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** In a fixed order: is there such a room, may they read it, are they in it, may they do this, are they muted. */
async function guard(context: Context, type: RequestType, roomId: string): Promise<void> {
  const { as, permission, notMuted } = type.room!;
  if (as === 'reader') {
    const access = await readerOf(context, roomId);
    if (permission && !(access.member && can(access.room.state, access.member.role, permission)))
      throw new Refusal('forbidden');
    return;
  }
  const { room, member } = await accessTo(context, roomId);
  const user = context.session.me.person.id;
  if (room.state.bans.has(user)) throw new Refusal('banned');
  if (!member) throw new Refusal('not-a-member');
  if (permission && !can(room.state, member.role, permission)) throw new Refusal('forbidden');
  if (notMuted && isMuted(room.state, user)) throw new Refusal('muted');
}

async function answerError(context: Context, id: number, error: unknown): Promise<void> {
  const { session, log, runtime } = context;
  const body = error instanceof Refusal ? bodyOf(error) : internal(context, error);
  try {
    await session.link.send(encodeFrame(session.link.encoding, { id, error: body }));
  } catch (failure) {
    log.debug({ error: failure, connection: session.id, at: runtime.now() }, 'no reader for an error');
  }
}

function bodyOf(refusal: Refusal): ErrorBody {
  return { code: refusal.code, message: errors[refusal.code].meaning, ...refusal.detail };
}

function internal({ session, log, runtime }: Context, error: unknown): ErrorBody {
  if (isNamed(error, 'LinkClosed')) return { code: 'going-away', message: errors['going-away'].meaning };
  const id = runtime.randomBytes(8).toHex();
  log.error({ error, id, connection: session.id }, 'request failed');
  if (isNamed(error, 'FrameTooLarge')) return { code: 'too-large', message: errors['too-large'].meaning, id };
  return { code: 'internal', message: errors.internal.meaning, id };
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
