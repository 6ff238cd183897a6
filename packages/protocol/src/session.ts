/** Connections and devices: hello, signing in and out, the list of one's sessions. */
import { event, request } from './define.ts';
import { bytes, choice, count, flag, type Infer, integer, line, list, optional, record, text, view } from './field.ts';
import { accountName, serverId, sessionId, userId } from './id.ts';
import { keyPurpose } from './key.ts';
import { limits } from './limits.ts';

export const protocolVersion = 1;
export const serverRoles = ['owner', 'admin', 'user'] as const;
const device = line(limits.deviceName);
const password = text(limits.password);

/** Who one is after signing in. The token is shown once; it resumes this session on another connection. */
export const signedIn = view({
  token: text(128),
  session: sessionId,
  user: userId,
  name: text(limits.displayName),
  display: optional(text(limits.displayName)),
  kind: choice(['person', 'guest', 'bot']),
  /** Rights on this server, apart from those in rooms. */
  serverRole: choice(serverRoles),
});
export type SignedIn = Infer<typeof signedIn>;

export const sessionView = view({
  id: sessionId,
  device: text(limits.deviceName),
  kind: choice(['person', 'guest', 'bot']),
  createdAt: count(),
  lastSeenAt: count(),
  address: text(64),
  current: flag(),
  online: flag(),
});
export type SessionView = Infer<typeof sessionView>;

export const session = {
  hello: request({
    about: 'First on every connection: agrees on the version and tells what this server is and offers.',
    from: 'anyone',
    payload: record({
      versions: list(integer(1, 65_535), 8),
      client: line(64),
      features: optional(list(line(32), 32)),
    }),
    reply: view({
      version: integer(1, 65_535),
      features: list(line(32), 64),
      server: view({ id: serverId, name: text(255), network: text(64) }),
      /** Whether anybody may make an account now, or needs an invite. */
      signUp: choice(['open', 'invite']),
      guests: flag(),
      /** The server's clock, Unix ms. */
      now: count(),
    }),
    errors: ['unsupported-version'],
  }),
  ping: request({
    about: 'Answers; keeps the connection alive.',
    from: 'anyone',
    rate: 'signal',
    payload: record({}),
    reply: view({ now: count() }),
  }),
  signIn: request({
    about: 'Signs in with a password.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({ name: accountName, password, device }),
    reply: signedIn,
    errors: ['bad-credentials', 'too-fast', 'too-many', 'already-signed-in'],
  }),
  challenge: request({
    about: 'A challenge for proving a key: single use, for this connection only, 60 s.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({ purpose: keyPurpose }),
    reply: view({ challenge: bytes(32), expiresMs: count() }),
  }),
  signInWithKey: request({
    about: 'Signs in by proving an Ed25519 key: the signature covers the bytes of `keyProof` in key.ts.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({ key: bytes(32), signature: bytes(64), device }),
    reply: signedIn,
    errors: ['bad-challenge', 'bad-credentials', 'too-fast', 'too-many', 'already-signed-in'],
  }),
  resume: request({
    about: 'Signs in with the token of an earlier sign-in or of a bot.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({ token: line(128) }),
    reply: signedIn,
    errors: ['session-ended', 'bad-credentials', 'too-fast', 'already-signed-in'],
  }),
  issue: request({
    about: 'Makes a token for a bot that acts as a new account of kind bot.',
    from: 'operator',
    rate: 'create',
    payload: record({ name: accountName, device }),
    reply: signedIn,
    errors: ['name-taken', 'too-many'],
  }),
  list: request({
    about: 'The sessions of this account, newest first.',
    from: 'guest',
    payload: record({}),
    reply: view({ sessions: list(sessionView, limits.sessionsPerAccount) }),
  }),
  revoke: request({
    about: 'Ends a session of this account, its connections included.',
    from: 'guest',
    payload: record({ session: sessionId }),
    reply: view({}),
    errors: ['not-found'],
  }),
  signOut: request({ about: 'Ends this session.', from: 'guest', payload: record({}), reply: view({}) }),
  ended: event({
    about: 'This session is over; the connection closes after it.',
    payload: view({ code: choice(['session-ended', 'too-slow', 'going-away']) }),
  }),
};
