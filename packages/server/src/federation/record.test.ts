import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeCbor,
  encodeCbor,
  limits,
  readServerRecord,
  sealServerRecord,
  serverRecordBody,
  toBase32,
} from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import { clockSkewMs, type Judgement, judgeRecord, type SealedRecord, sealRecord } from './record.ts';
import { seedBytes, startMs, testRecord } from './testing-record.ts';

const judge = (sealed: Uint8Array, held?: SealedRecord, now = startMs): Judgement =>
  judgeRecord(sealed, { network: 'test', now, held: (server) => (held?.server === server ? held : undefined) });

const fault = (judged: Judgement): string => (judged.is === 'refused' ? judged.fault : judged.is);

/** A record that is spelt by hand: field by field, and signed rightly. */
function spelt(change: (fields: unknown[]) => unknown[]): Uint8Array {
  const identity = identityFromSeed(seedBytes(1));
  const body = decodeCbor(readServerRecord(testRecord(1).sealed).body, 8) as unknown[];
  const changed = encodeCbor(change(body));
  return sealServerRecord(changed, identity.sign(changed));
}

const urls = (count: number, length = 20): string[] =>
  Array.from({ length: count }, (_, i) => `https://${String(i).padStart(length, 'a')}.example`);

describe('the record of a server', () => {
  test('is read as it was signed, whatever it holds', () => {
    const relays = [{ server: testRecord(9).server, url: 'https://relay.example' }];
    const addresses = ['https://chat.example.org', 'http://192.0.2.1:8080', 'https://[2001:db8::1]:8443'];
    const record = testRecord(1, { name: 'chat.example.org', addresses, relays, features: ['relay', 'tcp'] });
    const judged = judge(record.sealed);
    assert.equal(judged.is, 'newer');
    assert.deepEqual(judged.is === 'newer' && judged.record, record);
  });

  test('may be as long as its fields allow', () => {
    const host = ['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.');
    const url = `https://${host}.${'d'.repeat(61)}:65535`;
    const { server } = testRecord(9);
    const record = testRecord(1, {
      name: `${host}.${'d'.repeat(61)}`,
      network: 'n'.repeat(64),
      addresses: Array(limits.serverAddresses).fill(url),
      relays: Array(limits.serverRelays).fill({ server, url }),
      features: Array(limits.serverFeatures).fill('f'.repeat(32)),
    });
    assert.ok(record.sealed.length <= limits.serverRecordBytes, String(record.sealed.length));
    assert.deepEqual(readServerRecord(record.sealed).record.addresses, record.addresses);
  });

  test('of a higher version replaces one, and nothing else does', () => {
    const held = testRecord(1, { version: startMs });
    assert.equal(judge(testRecord(1, { version: startMs + 1 }).sealed, held).is, 'newer');
    assert.equal(judge(held.sealed, held).is, 'same');
    assert.equal(judge(testRecord(1, { version: startMs, name: 'other.example' }).sealed, held).is, 'older');
    assert.equal(judge(testRecord(1, { version: startMs - 1 }).sealed, held).is, 'older');
    assert.equal(judge(testRecord(2, { version: 1 }).sealed, held).is, 'newer');
  });

  test('is refused when its times cannot be, with three days for clocks that are wrong', () => {
    const dayMs = 86_400_000;
    const { sealed, expiresAt } = testRecord(1);
    assert.equal(judge(sealed, undefined, expiresAt - 1).is, 'newer');
    assert.equal(fault(judge(sealed, undefined, expiresAt)), 'expired');
    assert.equal(judge(sealed, undefined, startMs - 2 * dayMs).is, 'newer');
    assert.equal(judge(sealed, undefined, startMs + 2 * dayMs).is, 'newer');
    assert.equal(judge(sealed, undefined, startMs - clockSkewMs).is, 'newer');
    assert.equal(fault(judge(sealed, undefined, startMs - clockSkewMs - 1)), 'lives-too-long');
    assert.equal(fault(judge(testRecord(1, { expiresAt: startMs + 10 * 365 * dayMs }).sealed)), 'lives-too-long');
  });

  test('is refused when another key signed it, for another network, or when a bit is wrong', () => {
    const stranger = identityFromSeed(seedBytes(2));
    const forged = sealRecord(stranger, { ...testRecord(1), name: 'forged.example' });
    assert.equal(fault(judge(forged.sealed)), 'bad-signature');
    assert.equal(fault(judge(testRecord(1, { network: 'other' }).sealed)), 'other-network');
    const { sealed } = testRecord(1, { name: 'chat.example.org' });
    for (let at = 0; at < sealed.length; at += 7) {
      const bent = Uint8Array.from(sealed);
      bent[at]! ^= 1;
      assert.equal(judge(bent).is, 'refused', `byte ${at}`);
    }
  });

  test('is not verified again when it is not newer, so that a flood of known ones costs little', () => {
    const held = testRecord(1);
    const body = serverRecordBody({ ...held, name: 'x.example' });
    assert.equal(judge(sealServerRecord(body, new Uint8Array(64)), held).is, 'older');
  });

  test('is malformed when a field is too long, of another form, or missing', () => {
    const bad: Record<string, (fields: unknown[]) => unknown[]> = {
      'another label': ([, ...rest]) => ['parley server record v2', ...rest],
      'a field missing': (fields) => fields.slice(0, -1),
      'too many fields': (fields) => [...fields, ...Array(20).fill(1)],
      'a short key': (fields) => fields.with(2, new Uint8Array(31)),
      'a key as text': (fields) => fields.with(2, toBase32(new Uint8Array(32))),
      'a fraction': (fields) => fields.with(3, 1.5),
      'a negative version': (fields) => fields.with(3, -1),
      'a name with capitals': (fields) => fields.with(5, 'Chat.example'),
      'too many addresses': (fields) => fields.with(6, urls(limits.serverAddresses + 1)),
      'ten thousand addresses': (fields) => fields.with(6, urls(10_000)),
      'an address with a path': (fields) => fields.with(6, ['https://a.example/x']),
      'an address of another kind': (fields) => fields.with(6, ['ftp://a.example']),
      'no address at all': (fields) => fields.with(6, ['http://1.2.3.400']),
      'a port out of range': (fields) => fields.with(6, ['http://a.example:99999']),
      'relays without a server': (fields) => fields.with(7, [['https://a.example']]),
      'relays with too much': (fields) => fields.with(7, [[new Uint8Array(32), 'https://a.example', 1]]),
      'a feature with a space': (fields) => fields.with(8, ['a b']),
      'a map in place of a list': (fields) => fields.with(8, { length: 0 }),
    };
    for (const [what, change] of Object.entries(bad)) assert.equal(fault(judge(spelt(change))), 'malformed', what);
    for (const bytes of [new Uint8Array(), new Uint8Array(10_000), encodeCbor([1, 2]), encodeCbor({})])
      assert.equal(fault(judge(bytes)), 'malformed');
  });

  test('of a newer server may say more, and is handed on as it is', () => {
    const sealed = spelt((fields) => [...fields, { more: ['to', 'come'] }]);
    const judged = judge(sealed);
    assert.deepEqual(judged.is === 'newer' && judged.record.sealed, sealed);
  });
});
