// What a clerk makes of the acts of other servers' people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes } from './crypto.ts';
import { type Envelope, hashOfEnvelope } from './envelope.ts';
import { decodeHeader } from './header.ts';
import { nameOf } from './name.ts';
import type { EnvelopeFacts, Stepped } from './step.ts';
import { ada, Book, ben, cleo, clerk, crypto } from './testing.ts';
import { Foreign } from './testing-foreign.ts';

/** A public room with ben, and of another server uma (a member) and vic (not one). */
class Scene {
  readonly book: Book;
  readonly server: Foreign;
  readonly uma: string;
  readonly vic: string;

  constructor(data: object = {}) {
    this.book = new Book({ joinRule: 'public', ...data });
    this.book.member(ben, 'join', ben);
    this.server = new Foreign(2, this.book.state.id);
    [this.uma, this.vic] = [this.server.person(1), this.server.person(2)];
    this.does(this.uma, 'member', { data: { change: 'join', subject: this.uma } });
  }

  submit(envelope: Envelope, facts: EnvelopeFacts = {}, signature: Uint8Array | null = this.server.sign()): Stepped {
    return this.book.step({ type: 'envelope', ...envelope, facts, signature });
  }

  /** An act of somebody of the other server: `entry` or the code of its tombstone. */
  does(user: string, kind: string, fields: Parameters<Foreign['envelope']>[2] = {}, facts: EnvelopeFacts = {}): string {
    const { outcome } = this.submit(this.server.envelope(user, kind, fields), facts);
    assert.ok(outcome?.type === 'entry' || outcome?.type === 'tombstone');
    return outcome.type === 'entry' ? 'entry' : outcome.code;
  }
}

test('an allowed act of another server stands as its origin stamped it, with the signature of its batch', () => {
  const { book, server, uma, submit } = bound(new Scene());
  const envelope = server.envelope(uma, 'message');
  const signature = server.sign();
  const { entries, outcome } = submit(envelope, {}, signature);
  assert.equal(entries.length, 1);
  const { pos, at, what } = decodeHeader(entries[0]!.headerBytes);
  assert.deepEqual(outcome, { type: 'entry', pos, at });
  assert.ok(what.type === 'envelope' && equalBytes(what.stampBytes, envelope.stampBytes));
  assert.ok(equalBytes(what.actBytes, envelope.actBytes) && equalBytes(what.signature!, signature));
  assert.deepEqual(book.state.origins.get(server.server), server.last);
  const { entries: unsigned } = submit(server.envelope(uma, 'message'), {}, null);
  const second = decodeHeader(unsigned[0]!.headerBytes).what;
  assert.ok(second.type === 'envelope' && second.signature === null);
});

test('a refused act of another server leaves a tombstone that keeps its place and nothing else of it', () => {
  const { book, server, vic, submit } = bound(new Scene());
  const before = book.state.members.size;
  const envelope = server.envelope(vic, 'message');
  const { outcome } = submit(envelope);
  assert.ok(outcome?.type === 'tombstone' && outcome.code === 'not-a-member');
  const { pos, what } = book.log.at(-1)!;
  assert.deepEqual(pos, outcome.pos);
  assert.ok(what.type === 'tombstone' && what.code === 'not-a-member' && what.signature !== null);
  assert.equal(what.user, vic);
  assert.equal(what.clientId, envelope.act.clientId);
  assert.ok(equalBytes(what.actHash, crypto.sha256(envelope.actBytes)));
  assert.deepEqual(book.state.origins.get(server.server)?.hash, hashOfEnvelope(crypto, envelope));
  assert.equal(book.state.members.size, before);
});

test('each refusal of another server’s act says why', () => {
  const scene = new Scene();
  const { book, uma, vic } = scene;
  const does = scene.does.bind(scene);
  const join = (user: string) => does(user, 'member', { data: { change: 'join', subject: user } });
  const target = { user: ben, clientId: 'c1' };
  assert.equal(does(vic, 'message'), 'not-a-member');
  assert.equal(does(uma, 'member', { data: { change: 'kick', subject: ben } }), 'forbidden');
  assert.equal(does(uma, 'settings', { data: { listed: false } }), 'forbidden');
  assert.equal(does(uma, 'settings', { data: { nothing: 1 } }), 'bad-request');
  assert.equal(does(uma, 'react', { target }), 'unknown-target');
  assert.equal(does(uma, 'react', { target }, { target: { kind: 'message', gone: true } }), 'unknown-target');
  assert.equal(does(uma, 'react', { target }, { target: { kind: 'message', gone: false } }), 'entry');
  assert.equal(does(uma, 'message', { data: { imported: true } }), 'forbidden');
  assert.equal(does(uma, 'system', { data: { about: 'x' } }), 'forbidden');
  assert.equal(does(uma, 'create', { data: {} }), 'bad-request');
  assert.equal(does(uma, 'message', { room: null }), 'forbidden');
  assert.equal(does(uma, 'message', { room: clerk }), 'forbidden');
  assert.equal(does(uma, 'message', {}, { refused: 'too-fast' }), 'too-fast');
  assert.equal(does(uma, 'message', {}, { refused: 'too-large' }), 'too-large');
  book.try(ada, 'mute', { data: { subject: uma } });
  assert.equal(does(uma, 'message'), 'muted');
  book.member(ada, 'ban', uma);
  assert.equal(does(uma, 'message'), 'banned');
  assert.equal(join(uma), 'banned');
  assert.equal(join(vic), 'entry');
  assert.equal(join(vic), 'already-a-member');
});

test('a server acts for its own people only', () => {
  const { book, does, uma } = bound(new Scene());
  for (const user of [ada, ben, new Foreign(3, book.state.id).person(1)]) {
    assert.equal(does(user, 'message'), 'forbidden');
    assert.equal(does(user, 'message', {}, { standing: { term: 1, seq: 2 } }), 'forbidden');
    assert.equal(nameOf(book.log.at(-1)!.what), undefined);
  }
  assert.equal(does(uma, 'message'), 'entry');
});

test('what was done before is a duplicate that names where it stands, whatever else speaks against it', () => {
  const { book, server, uma, vic, submit } = bound(new Scene());
  const standing = { term: 1, seq: 2 };
  for (const [user, refused] of [
    [uma, undefined],
    [vic, undefined],
    [uma, 'too-fast'],
  ] as const) {
    const { outcome } = submit(server.envelope(user, 'message'), { standing, ...(refused ? { refused } : {}) });
    assert.ok(outcome?.type === 'tombstone' && outcome.code === 'duplicate');
    assert.deepEqual(outcome.duplicateOf, standing);
    const { what } = book.log.at(-1)!;
    assert.ok(what.type === 'tombstone');
    assert.deepEqual(what.duplicateOf, standing);
    assert.equal(nameOf(what), undefined);
  }
});

test('entries and final refusals use up a name; a refusal that may be tried again does not', () => {
  const { book, does, uma, vic } = bound(new Scene());
  const name = () => nameOf(book.log.at(-1)!.what);
  does(uma, 'message', { clientId: 'a' });
  assert.deepEqual(name(), { user: uma, clientId: 'a' });
  does(vic, 'message', { clientId: 'b' });
  assert.deepEqual(name(), { user: vic, clientId: 'b' });
  for (const refused of ['too-fast', 'wrong-epoch', 'epoch-too-old'] as const) {
    does(uma, 'message', { clientId: 'c' }, { refused });
    assert.equal(name(), undefined);
  }
  book.step({ type: 'due' });
  book.try(ada, 'message', { clientId: 'd' });
  assert.deepEqual(name(), { user: ada, clientId: 'd' });
});

test('slow mode counts the people of other servers by the same clock', () => {
  const { book, does, uma } = bound(new Scene({ slowModeMs: 1_000 }));
  assert.equal(does(uma, 'message'), 'entry');
  book.now += 999;
  assert.equal(does(uma, 'message'), 'too-fast');
  book.now += 1;
  assert.equal(does(uma, 'message'), 'entry');
});

test('endings that are due come before an act of another server, and an heir after it', () => {
  const { book, does, uma } = bound(new Scene());
  book.try(ada, 'mute', { data: { subject: uma, durationMs: 10 } });
  book.now += 10;
  assert.equal(does(uma, 'message'), 'entry');
  assert.deepEqual(kinds(book, 2), ['clerk unmute', 'envelope message']);
  book.try(ada, 'role', { data: { subject: uma, role: 'owner' } });
  book.member(ada, 'leave', ada);
  assert.equal(does(uma, 'member', { data: { change: 'leave', subject: uma } }), 'entry');
  assert.deepEqual(kinds(book, 2), ['envelope member', 'clerk role']);
  assert.equal(book.state.members.get(ben)?.role, 'owner');
});

test('an act of a kind that this version does not know is kept, of members', () => {
  const { does, uma, vic } = bound(new Scene());
  assert.equal(does(uma, 'poll', { data: [1, 2] }), 'entry');
  assert.equal(does(vic, 'poll'), 'not-a-member');
});

test('an envelope out of its turn is a mistake of the caller and changes nothing', () => {
  const { book, server, uma, submit } = bound(new Scene());
  const first = server.envelope(uma, 'message');
  const second = server.envelope(uma, 'message');
  const { head } = book.state;
  assert.throws(() => submit(second), /out of its turn: gap/);
  submit(first);
  assert.throws(() => submit(first), /out of its turn: settled/);
  submit(second);
  assert.throws(() => submit(server.envelope(uma, 'message', { after: { term: 1, seq: 99 } })), /turn: later/);
  assert.equal(book.state.head.seq, head.seq + 2);
  const own = new Foreign(1, book.state.id);
  own.last = book.state.origins.get(clerk)!;
  assert.throws(() => submit(own.envelope(cleo, 'message')), /out of its turn/);
});

test('an origin that was restored begins again under a later incarnation', () => {
  const { book, server, does, uma } = bound(new Scene());
  does(uma, 'message');
  server.restart();
  assert.equal(does(uma, 'message'), 'entry');
  assert.deepEqual(book.state.origins.get(server.server), server.last);
  assert.equal(server.last.incarnation, 1);
});

function kinds(book: Book, count: number): string[] {
  return book.log
    .slice(-count)
    .map(({ what }) =>
      what.type === 'envelope' || what.type === 'clerk' ? `${what.type} ${what.act.kind}` : what.type,
    );
}

function bound(scene: Scene): Pick<Scene, 'book' | 'server' | 'uma' | 'vic' | 'submit' | 'does'> {
  const { book, server, uma, vic } = scene;
  return { book, server, uma, vic, submit: scene.submit.bind(scene), does: scene.does.bind(scene) };
}
