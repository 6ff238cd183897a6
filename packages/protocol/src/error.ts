/** The one table of errors: what each code means, and whether the same request may succeed later. */
export const errors = {
  'bad-frame': { meaning: 'The frame could not be read, is too deep or is no request.', retry: false },
  'bad-request': { meaning: 'A field is missing, unknown, too long or of the wrong type.', retry: false },
  'unknown-request': { meaning: 'There is no request of this name.', retry: false },
  'unsupported-version': { meaning: 'No common protocol version.', retry: false },
  'too-large': { meaning: 'The request or message is larger than allowed.', retry: false },
  'too-fast': { meaning: 'A rate limit was reached; try again after the given time.', retry: true },
  'too-slow': { meaning: 'This connection did not read fast enough; connect again and resume.', retry: true },
  'too-many': { meaning: 'A count is at its limit.', retry: false },
  'not-signed-in': { meaning: 'Sign in first.', retry: false },
  'already-signed-in': { meaning: 'This connection is signed in already.', retry: false },
  'bad-credentials': { meaning: 'The name, password, key or token is wrong.', retry: false },
  'bad-challenge': { meaning: 'The challenge is unknown, used, expired or signed wrongly.', retry: false },
  'session-ended': { meaning: 'The session was signed out or revoked.', retry: false },
  'sign-up-closed': { meaning: 'An account here needs an invite.', retry: false },
  'bad-invite': { meaning: 'The invite is unknown, used up or expired.', retry: false },
  'name-taken': { meaning: 'The name is taken.', retry: false },
  'guests-refused': { meaning: 'Guests may not do this.', retry: false },
  'not-found': { meaning: 'There is no such thing, or you may not see it.', retry: false },
  'not-a-member': { meaning: 'You are not a member of this room.', retry: false },
  'already-a-member': { meaning: 'That person is a member already.', retry: false },
  'not-invited': { meaning: 'This room needs an invitation.', retry: false },
  forbidden: { meaning: 'Your role does not allow this.', retry: false },
  banned: { meaning: 'You are banned from this room.', retry: false },
  blocked: { meaning: 'This server has no dealings with the one that this is about.', retry: false },
  muted: { meaning: 'You are muted in this room.', retry: false },
  'unknown-target': { meaning: 'What is meant does not exist here or was taken away.', retry: false },
  duplicate: { meaning: 'This was done already.', retry: false },
  'wrong-epoch': { meaning: 'Another commit came first.', retry: true },
  'epoch-too-old': { meaning: 'The message was encrypted for an old epoch; encrypt it again.', retry: true },
  'content-lost': { meaning: 'The text was kept in memory only and was lost in a restart.', retry: false },
  'given-up': {
    meaning: 'The server of this room did not answer, and an operator gave up what waited for it.',
    retry: false,
  },
  'unsupported-room': { meaning: 'The room has a version that this server does not know.', retry: false },
  'nobody-there': { meaning: 'Nobody is signed in with this key now, as far as can be seen from here.', retry: true },
  unavailable: { meaning: 'The server cannot do this now.', retry: true },
  'going-away': { meaning: 'The server is stopping; connect again.', retry: true },
  internal: { meaning: 'The server failed; the id is in its log.', retry: true },
} as const satisfies Record<string, { meaning: string; retry: boolean }>;

export type ErrorCode = keyof typeof errors;

/** True when `code` is in the table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}

/** A request that is refused: the only error that reaches a caller as it is. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly detail: { retryAfterMs?: number; id?: string; field?: string };

  constructor(code: ErrorCode, detail: { retryAfterMs?: number; id?: string; field?: string } = {}) {
    super(errors[code].meaning);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}
