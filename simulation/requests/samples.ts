// One sound payload for every request of the protocol; a request without one does not compile.
import type { Payload, RequestName } from '@parley/protocol';

/** What the payloads are about. */
export interface About {
  room: string;
  /** A message and a reaction in the room, both of its owner. */
  message: { user: string; clientId: string };
  reaction: { user: string; clientId: string };
  /** A member of the lowest role, somebody invited, somebody who asks to be let in and somebody banned. */
  member: string;
  invited: string;
  knocking: string;
  banned: string;
  session: string;
}

type Samples = { [N in RequestName]: (about: About) => Payload<N> };

const clientId = 'sample';
const password = 'correct horse';
const key = new Uint8Array(32).fill(1);
const signature = new Uint8Array(64).fill(2);
const device = 'sample';
const on = ({ room }: About) => ({ room, clientId });
const onMember = (about: About) => ({ ...on(about), user: about.member });
const nothing = () => ({});

export const samples: Samples = {
  'session.hello': () => ({ versions: [1], client: 'sample/1' }),
  'session.ping': nothing,
  'session.signIn': () => ({ name: 'nobody', password, device }),
  'session.challenge': () => ({ purpose: 'sign-in' }),
  'session.signInWithKey': () => ({ key, signature, device }),
  'session.resume': () => ({ token: 'nothing' }),
  'session.issue': () => ({ name: 'bot', device }),
  'session.list': nothing,
  'session.revoke': ({ session }) => ({ session }),
  'session.signOut': nothing,
  'account.register': () => ({ name: 'newcomer', password, device }),
  'account.guest': () => ({ name: 'visitor', device }),
  'account.claim': () => ({ secret: 'nothing' }),
  'account.setPassword': () => ({ current: password, next: 'another horse' }),
  'account.addKey': () => ({ key, signature, label: 'key' }),
  'account.removeKey': () => ({ key }),
  'account.keys': nothing,
  'account.setProfile': () => ({ display: 'Somebody' }),
  'account.erase': () => ({ password, confirm: true }),
  'user.get': ({ member }) => ({ users: [member] }),
  'user.find': () => ({ prefix: 'a' }),
  'invite.create': () => ({ uses: 1, expiresMs: 60_000 }),
  'invite.list': nothing,
  'invite.revoke': () => ({ code: 'nothing' }),
  'room.create': () => ({ alias: 'another', clientId }),
  'direct.open': ({ member }) => ({ user: member }),
  'room.list': () => ({ limit: 10 }),
  'room.resolve': () => ({ alias: 'chamber' }),
  'room.get': ({ room }) => ({ room }),
  'room.join': on,
  'room.knock': on,
  'room.leave': on,
  'room.settings': (about) => ({ ...on(about), title: 'Another' }),
  'member.list': ({ room }) => ({ room, limit: 10 }),
  'member.banned': ({ room }) => ({ room }),
  'member.knocking': ({ room }) => ({ room }),
  'member.invite': (about) => ({ ...on(about), user: about.invited }),
  'member.revoke': (about) => ({ ...on(about), user: about.invited }),
  'member.deny': (about) => ({ ...on(about), user: about.knocking }),
  'member.kick': onMember,
  'member.ban': onMember,
  'member.unban': (about) => ({ ...on(about), user: about.banned }),
  'member.mute': onMember,
  'member.unmute': onMember,
  'member.setRole': (about) => ({ ...onMember(about), role: 'moderator' }),
  'message.send': (about) => ({ ...on(about), body: { text: 'sample' } }),
  'message.edit': (about) => ({ ...on(about), target: about.message, body: { text: 'sample' } }),
  'message.redact': (about) => ({ ...on(about), target: about.message }),
  'message.react': (about) => ({ ...on(about), target: about.message, emoji: '👍' }),
  'message.unreact': (about) => ({ ...on(about), target: about.reaction }),
  'message.pin': (about) => ({ ...on(about), target: about.message }),
  'message.unpin': (about) => ({ ...on(about), target: about.message }),
  'history.page': ({ room }) => ({ room, limit: 10, show: 'rows' }),
  'history.pins': ({ room }) => ({ room }),
  'history.edits': ({ room }) => ({ room, seq: 1 }),
  'sync.start': () => ({ rooms: {} }),
  'typing.set': ({ room }) => ({ room, typing: true }),
  'presence.set': () => ({ status: 'away' }),
  'presence.list': ({ room }) => ({ room }),
  'receipt.list': ({ room }) => ({ room }),
  'privacy.get': nothing,
  'privacy.set': () => ({ typing: true, presence: true, receipts: false }),
  'marker.set': ({ room }) => ({ room, seq: 1 }),
  'archive.append': ({ room }) => ({ room, lines: [] }),
  'archive.read': ({ room }) => ({ room, after: 0, limit: 10 }),
  'archive.write': ({ room }) => ({ room, lines: [] }),
  'channel.join': () => ({ name: 'lobby' }),
  'channel.send': () => ({ name: 'lobby', clientId, text: 'sample' }),
  'channel.list': () => ({ name: 'lobby' }),
  'channel.leave': () => ({ name: 'lobby' }),
  'key.listen': () => ({ key, signature }),
  'key.unlisten': () => ({ key }),
  'key.send': () => ({ key, sealed: signature }),
  'key.acknowledge': () => ({ delivery: new Uint8Array(16) }),
  'notice.get': nothing,
  'notice.set': () => ({ text: 'sample' }),
  'notice.withdraw': nothing,
  'peer.list': nothing,
  'peer.watch': nothing,
  'peer.unwatch': nothing,
  'peer.connect': () => ({ url: 'https://chat.example.org' }),
  'peer.disconnect': () => ({ url: 'https://chat.example.org' }),
  'peer.block': () => ({ server: 'a'.repeat(52) }),
  'peer.unblock': () => ({ server: 'a'.repeat(52) }),
  'peer.rooms': nothing,
  'peer.retry': nothing,
  'peer.drop': ({ room }) => ({ room }),
  'server.self': nothing,
  'server.get': () => ({ servers: ['a'.repeat(52)] }),
  'server.list': () => ({ limit: 10 }),
  'server.directories': nothing,
};
