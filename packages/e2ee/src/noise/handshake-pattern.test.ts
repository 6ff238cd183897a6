import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HandshakeName, handshakePattern, isOneWay, overheadBytes, type Token } from './handshake-pattern.ts';
import { patterns } from './patterns.ts';

const names = Object.keys(patterns) as (keyof typeof patterns)[];
const modified: HandshakeName[] = ['NNpsk0', 'NNpsk2', 'XXpsk3', 'IKpsk1', 'KKpsk0+psk2', 'Xpsk1', 'XXpsk0+psk1+psk2'];

/** Who holds which key after the tokens so far, and whether an encryption would be safe [Noise §7.3, §9.3]. */
function assertValid(name: HandshakeName): void {
  const { known, messages } = handshakePattern(name);
  const sent = { initiator: new Set<Token>(), responder: new Set<Token>() };
  for (const role of known) sent[role].add('s');
  const mixed = new Set<Token>();
  for (const [at, tokens] of messages.entries()) {
    const role = at % 2 === 0 ? 'initiator' : 'responder';
    for (const token of tokens) {
      if (token === 'e' || token === 's') {
        assert.ok(!sent[role].has(token), `${name} sends ${token} twice`);
        if (token === 's') assertMayEncrypt(name, role, mixed, sent[role]);
        sent[role].add(token);
      } else if (token !== 'psk') {
        const [first, second] = token as unknown as [Token, Token];
        assert.ok(sent.initiator.has(first) && sent.responder.has(second), `${name}: ${token} without its keys`);
        assert.ok(!mixed.has(token), `${name} does ${token} twice`);
      }
      if (token.length > 1) mixed.add(token);
    }
    assertMayEncrypt(name, role, mixed, sent[role]);
  }
}

function assertMayEncrypt(name: string, role: 'initiator' | 'responder', mixed: Set<Token>, sent: Set<Token>): void {
  const [withTheirStatic, withTheirEphemeral]: [Token, Token] = role === 'initiator' ? ['es', 'se'] : ['se', 'es'];
  if (mixed.has(withTheirEphemeral)) assert.ok(mixed.has('ee'), `${name} §7.3.4, first`);
  if (mixed.has('ss')) assert.ok(mixed.has(withTheirStatic), `${name} §7.3.4, second`);
  if (mixed.has('psk')) assert.ok(sent.has('e'), `${name} §9.3`);
}

describe('a handshake pattern', () => {
  test('is valid, every one', () => {
    assert.equal(names.length, 38);
    for (const name of [...names, ...modified]) assertValid(name);
  });

  test('is named after what happens to the static keys [Noise §7.4, §7.5]', () => {
    for (const name of names) {
      const [, first, second] = /^([NKXI])1?([NKX])?1?$/.exec(name)!;
      const { known, statics, messages } = handshakePattern(name);
      const pattern = handshakePattern(name);
      assert.equal(isOneWay(pattern), second === undefined, name);
      assert.equal(statics.has('initiator'), first !== 'N', name);
      assert.equal(known.has('initiator'), first === 'K', name);
      assert.equal(messages[0]!.includes('s'), first === 'I' || name === 'X', name);
      assert.equal(statics.has('responder'), second !== 'N', name);
      assert.equal(known.has('responder'), second === 'K' || second === undefined, name);
    }
  });

  test('gets its pre-shared keys where the modifiers say', () => {
    const { messages, psks } = handshakePattern('XXpsk0+psk1+psk3');
    assert.equal(psks, 3);
    assert.deepEqual(messages, [
      ['psk', 'e', 'psk'],
      ['e', 'ee', 's', 'es'],
      ['s', 'se', 'psk'],
    ]);
    assert.deepEqual(handshakePattern('XX').messages[0], ['e'], 'and the table keeps none of them');
  });

  test('knows how much is added to a payload', () => {
    assert.equal(overheadBytes(['e'], false, 0), 32);
    assert.equal(overheadBytes(['e'], false, 1), 48);
    assert.equal(overheadBytes(['e', 's'], false, 0), 64);
    assert.equal(overheadBytes(['e', 'ee', 's', 'es'], false, 0), 96);
    assert.equal(overheadBytes(['s', 'se'], true, 0), 64);
    assert.equal(overheadBytes(['psk', 'e'], false, 1), 48);
  });

  test('has a name that is known', () => {
    for (const name of ['', 'XY', 'xx', 'XXpsk4', 'Npsk2', 'XXpsk0+psk0', 'XXpsk', 'XXfallback', 'toString'])
      assert.throws(() => handshakePattern(name as HandshakeName), RangeError, name);
  });
});
