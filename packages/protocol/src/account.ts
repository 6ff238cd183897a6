/** One's own account: making it, proving who one is, its profile and its end. */
import { event, request } from './define.ts';
import { bytes, count, flag, line, list, optional, record, text, view } from './field.ts';
import { accountName } from './id.ts';
import { limits } from './limits.ts';
import { signedIn } from './session.ts';
import { person } from './user.ts';

const device = line(limits.deviceName);
const password = text(limits.password);

export const account = {
  register: request({
    about: 'Makes an account with a password and signs in. A password has at least 8 characters.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({
      name: accountName,
      password,
      device,
      display: optional(line(limits.displayName)),
      invite: optional(line(64)),
    }),
    reply: signedIn,
    errors: ['name-taken', 'sign-up-closed', 'bad-invite', 'bad-request', 'too-fast', 'already-signed-in'],
  }),
  guest: request({
    about: 'Signs in as a guest: a name, kept in memory until the guest first speaks.',
    from: 'anyone',
    rate: 'sign-in',
    payload: record({ name: optional(accountName), device }),
    reply: signedIn,
    errors: ['guests-refused', 'name-taken', 'too-fast', 'already-signed-in'],
  }),
  claim: request({
    about: 'Makes this account the owner of the server, by the one-time secret that the server printed.',
    from: 'account',
    rate: 'sign-in',
    payload: record({ secret: line(64) }),
    reply: view({}),
    errors: ['bad-credentials', 'too-fast'],
  }),
  setPassword: request({
    about: 'Sets a new password; other sessions end.',
    from: 'account',
    rate: 'sign-in',
    payload: record({ current: password, next: password }),
    reply: view({}),
    errors: ['bad-credentials', 'bad-request', 'too-fast'],
  }),
  addKey: request({
    about: 'Adds an Ed25519 key to sign in with; proven by signing a challenge of purpose `add-key`.',
    from: 'account',
    rate: 'sign-in',
    payload: record({ key: bytes(32), signature: bytes(64), label: line(limits.deviceName) }),
    reply: view({}),
    errors: ['bad-challenge', 'duplicate', 'too-many'],
  }),
  removeKey: request({
    about: 'Removes a key.',
    from: 'account',
    payload: record({ key: bytes(32) }),
    reply: view({}),
    errors: ['not-found'],
  }),
  keys: request({
    about: 'The keys that sign in to this account.',
    from: 'account',
    payload: record({}),
    reply: view({
      keys: list(view({ key: bytes(32), label: text(limits.deviceName), createdAt: count() }), limits.keysPerAccount),
    }),
  }),
  setProfile: request({
    about: 'Sets the name to show.',
    from: 'account',
    rate: 'create',
    payload: record({ display: line(limits.displayName) }),
    reply: view({}),
  }),
  erase: request({
    about:
      'Ends the account: what it wrote is taken away in every room of this server, its sessions end, its name stays taken.',
    from: 'account',
    rate: 'sign-in',
    payload: record({ password: optional(password), confirm: flag() }),
    reply: view({}),
    errors: ['bad-credentials', 'bad-request'],
  }),
  changed: event({
    about: 'Your own profile or rights changed, here or on another device.',
    payload: view({ person, serverRole: text(16) }),
  }),
};
