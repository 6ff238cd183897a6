import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { loadConfig } from '../../config.ts';
import { testCertificate } from '../../doors/testing-certificate.ts';
import { StartError } from '../../start-error.ts';
import { idOf } from '../testing-network.ts';
import type { NameRecords } from './lookup.ts';
import { keyHash } from './outer-tls.ts';
import { checkPublication, type PublicationOptions, publicationOf, zoneLine, zoneRecords } from './publish.ts';
import { idIn } from './records.ts';
import { recordsOf } from './testing-resolver.ts';

const [ada, bob] = [idOf(1), idOf(2)];
const name = 'chat.example.org';
const key = keyHash(new X509Certificate(testCertificate.cert));

const config = (env: Record<string, string>) => loadConfig({ env, readFile: () => undefined });
const publication = (env: Record<string, string>, options?: PublicationOptions) =>
  publicationOf(config({ PARLEY_NAME: name, ...env }), ada, options);
const lines = (env: Record<string, string>, options?: PublicationOptions) =>
  zoneRecords(publication(env, options)).map(zoneLine);

describe('what a server publishes', () => {
  test('is where it listens, its id, and the key of its certificate', () => {
    const tls = { PARLEY_LISTEN_TLS_CERT: 'cert.pem', PARLEY_LISTEN_TLS_KEY: 'key.pem' };
    assert.deepEqual(
      lines({ ...tls, PARLEY_LISTEN_HOST: '::', PARLEY_LISTEN_PORT: '8443' }, { certificate: testCertificate.cert }),
      [
        `_parley._tcp.${name}. 3600 IN SRV 10 5 8443 ${name}.`,
        `_parley.${name}. 3600 IN TXT "v=parley1; id=${ada}"`,
        `_8443._tcp.${name}. 3600 IN TLSA 3 1 1 ${key}`,
      ],
    );
  });

  test('is the port of HTTPS where only a proxy on this machine can reach it, unless another is given', () => {
    const assumed = publication({});
    assert.deepEqual([assumed.port, assumed.isPortAssumed], [443, true]);
    const given = publication({}, { port: 8_080, target: 'host.example.org' });
    assert.deepEqual([given.port, given.isPortAssumed], [8_080, false]);
    assert.equal(lines({}, given)[0], `_parley._tcp.${name}. 3600 IN SRV 10 5 8080 host.example.org.`);
    assert.deepEqual([publication({ PARLEY_LISTEN_HOST: '0.0.0.0' }).port], [8_080]);
  });

  test('is what others read as its id', () => {
    const text = zoneRecords(publication({}))[1]?.data.slice(1, -1) ?? '';
    const record = recordsOf(`_parley.${name}`, 1).txt(text);
    assert.ok(record.type === 'TXT');
    assert.deepEqual(idIn([record]), { id: ada });
  });

  test('cannot be told without a name, a port or a readable certificate', () => {
    const fails = (run: () => unknown, pattern: RegExp) =>
      assert.throws(run, (error) => error instanceof StartError && pattern.test(error.message));
    fails(() => publicationOf(config({}), ada), /--name NAME/);
    fails(() => publication({ PARLEY_NAME: 'localhost' }), /localhost is no name in DNS/);
    fails(() => publication({}, { target: '10.0.0.1' }), /10\.0\.0\.1 is no name in DNS/);
    fails(() => publication({ PARLEY_LISTEN_HOST: '0.0.0.0', PARLEY_LISTEN_PORT: '0' }), /--port PORT/);
    fails(() => publication({}, { certificate: 'no certificate' }), /certificate cannot be read/);
  });
});

describe('checking finds', () => {
  const own = { host: name, port: 443, priority: 10, weight: 5, tlsa: [key] };
  const right: NameRecords = { outcome: 'validated', id: ada, addresses: [own], ttlMs: 60_000 };

  const finds = async (records: Partial<NameRecords>, expected: Record<string, RegExp>, certificate = true) => {
    const published = publication({}, certificate ? { certificate: testCertificate.cert } : {});
    const { findings } = await checkPublication(published, { lookup: async () => ({ ...right, ...records }) });
    const found = findings.map(({ about, isRight, says }) => `${isRight ? 'right' : 'wrong'} ${about} ${says}`);
    assert.equal(found.length, Object.keys(expected).length, found.join('\n'));
    for (const [start, pattern] of Object.entries(expected)) {
      const line = found.find((each) => each.startsWith(start));
      assert.match(line ?? `nothing of ${start} in ${found.join('\n')}`, pattern);
    }
  };

  const fine = { 'right TXT': /this server/, 'right SRV': /org:443/, 'right DNSSEC': /validated/ };

  test('that all is published', async () => {
    await finds({}, { ...fine, 'right TLSA': /the key/ });
    await finds({ addresses: [{ ...own, tlsa: [] }] }, fine, false);
    const other = { ...own, host: 'other.example.org' };
    await finds({ addresses: [other, own] }, { ...fine, 'right TLSA': /the key/ });
  });

  test('nothing, several ids, or a text that is none', async () => {
    const none = { outcome: 'none', addresses: [] } as const;
    const { id: _, ...without } = right;
    const check = async (records: NameRecords) =>
      (await checkPublication(publication({}), { lookup: async () => records })).findings.map(({ says }) => says);
    assert.deepEqual(await check({ ...without, ...none }), [`_parley.${name} is not published`]);
    assert.match((await check({ ...without, ...none, problem: 'several' }))[0]!, /several ids/);
    assert.match((await check({ ...without, ...none, problem: 'malformed' }))[0]!, /not of the form/);
  });

  test('another id, another place, another key', async () => {
    await finds(
      { id: bob, addresses: [{ ...own, port: 1 }] },
      { 'wrong TXT': new RegExp(bob), 'wrong SRV': /leads to chat\.example\.org:1, not to/, 'right DNSSEC': /./ },
    );
    await finds({ addresses: [] }, { 'right TXT': /./, 'wrong SRV': /is not published/, 'right DNSSEC': /./ });
    await finds({ addresses: [{ ...own, tlsa: ['00'] }] }, { ...fine, 'wrong TLSA': /another key/ });
    await finds({ addresses: [{ ...own, tlsa: [] }] }, { ...fine, 'wrong TLSA': /is not published/ });
    await finds({}, { ...fine, 'wrong TLSA': /--cert FILE/ }, false);
  });

  test('what nobody vouches for, what is forged, and nobody to ask', async () => {
    await finds(
      { outcome: 'unsigned', addresses: [{ ...own, tlsa: [] }] },
      { 'right TXT': /./, 'right SRV': /./, 'wrong DNSSEC': /not signed/ },
    );
    await finds({ outcome: 'bogus', addresses: [] }, { 'wrong DNSSEC': /signatures/ });
    await finds({ outcome: 'unavailable', addresses: [] }, {});
  });
});
