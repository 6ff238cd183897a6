/** Exit codes, and the errors that stand for them. */
import { type ErrorCode, errors, Refusal } from '@parley/protocol';

export const exits = {
  ok: 0,
  failure: 1,
  usage: 2,
  authentication: 3,
  /** Not found, or not allowed. */
  forbidden: 4,
  /** The network, or the time given. */
  network: 5,
  /** The server is not the one that answered here before. */
  identity: 6,
  /** Some of a long text was sent, the rest was not. */
  partial: 7,
  interrupted: 130,
  terminated: 143,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** A command cannot go on: one line says why and what to do, without a stack. */
export class Failure extends Error {
  readonly exit: Exit;
  /** For programs: a code of the protocol's table, or a word of ours. */
  readonly code: string;

  constructor(exit: Exit, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.exit = exit;
    this.code = code;
  }
}

/** The command line was wrong. */
export const usage = (message: string): Failure => new Failure(exits.usage, 'usage', message);

/** The user stopped the command (SIGINT), or the system did (SIGTERM). */
export class Interrupted extends Error {
  readonly exit: Exit;

  constructor(by: 'SIGINT' | 'SIGTERM') {
    super('interrupted');
    this.name = 'Interrupted';
    this.exit = by === 'SIGINT' ? exits.interrupted : exits.terminated;
  }
}

const authentication: readonly ErrorCode[] = [
  'not-signed-in',
  'bad-credentials',
  'bad-challenge',
  'session-ended',
  'sign-up-closed',
  'bad-invite',
];
const forbidden: readonly ErrorCode[] = [
  'blocked',
  'guests-refused',
  'not-found',
  'not-a-member',
  'not-invited',
  'forbidden',
  'banned',
  'muted',
  'unknown-target',
  'nobody-there',
];
const network: readonly ErrorCode[] = ['unavailable', 'going-away', 'too-slow', 'too-fast'];

/** The exit code of a refusal: one for each kind of remedy. */
export function exitOfCode(code: ErrorCode): Exit {
  if (authentication.includes(code)) return exits.authentication;
  if (forbidden.includes(code)) return exits.forbidden;
  if (network.includes(code)) return exits.network;
  return code === 'bad-request' ? exits.usage : exits.failure;
}

export interface Told {
  exit: Exit;
  code: string;
  /** One line for people. Empty: there is nothing to say. */
  message: string;
  retryable: boolean;
}

/** What to tell of an error and how to end. Undefined for a fault of this program, whose stack is wanted. */
export function tell(error: unknown): Told | undefined {
  if (error instanceof Failure) return ofFailure(error);
  if (error instanceof Interrupted) return { exit: error.exit, code: 'interrupted', message: '', retryable: true };
  if (error instanceof Refusal) return ofRefusal(error);
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === 'StartError') return { exit: exits.usage, code: 'cannot-start', message, retryable: false };
  if (name === 'LinkClosed')
    return { exit: exits.network, code: 'unavailable', message: 'the connection was lost', retryable: true };
  return ofSystem(error);
}

function ofFailure({ exit, code, message }: Failure): Told {
  return { exit, code, message, retryable: exit === exits.network };
}

function ofRefusal({ code, message, detail }: Refusal): Told {
  const parts = [message.replace(/\.$/, '')];
  if (detail.field) parts.push(`field ${detail.field}`);
  if (detail.retryAfterMs !== undefined) parts.push(`again in ${Math.ceil(detail.retryAfterMs / 1_000)} s`);
  if (detail.id) parts.push(`id ${detail.id}`);
  return { exit: exitOfCode(code), code, message: `${parts.join(', ')} (${code})`, retryable: errors[code].retry };
}

const systemErrors: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is no folder',
};

function ofSystem(error: NodeJS.ErrnoException): Told | undefined {
  const words = error.code === undefined ? undefined : systemErrors[error.code];
  if (words === undefined || error.path === undefined) return undefined;
  return { exit: exits.failure, code: error.code!, message: `${error.path}: ${words}`, retryable: false };
}
