// Servers by their names, in zones that Knot DNS signs and Unbound validates.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dialUrl } from '@parley/client/node';
import type { PeerFault } from '@parley/protocol';
import { identityIn, openNameLookup, type RunningServer, runtime, silentLog, startServer } from '@parley/server';
import { Connection } from './connection.ts';
import { testCertificate } from './testing-certificate.ts';
import { type Dns, missingPrograms, openDns } from './zones.ts';

const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));
const missing = missingPrograms();
const skip = missing.length === 0 ? false : `${missing.join(', ')} missing`;

const { publicKey } = new X509Certificate(testCertificate.cert);
const key = createHash('sha256')
  .update(publicKey.export({ type: 'spki', format: 'der' }))
  .digest('hex');

interface Home {
  readonly server: RunningServer;
  readonly id: string;
  readonly port: number;
  readonly data: string;
  readonly env: Record<string, string>;
}

/**
 * Four servers: `chat` with TLS and `plain` without have names, and `thief` claims that of `chat`; the owner of `own`
 * links with them.
 */
interface World {
  readonly dns: Dns;
  readonly chat: Home;
  readonly plain: Home;
  readonly thief: Home;
  readonly owner: Connection;
}

async function home(folder: string, name: string, env: Record<string, string>): Promise<Home> {
  const data = join(folder, name);
  const server = await startServer({ flags: { host: '127.0.0.1', port: '0', data }, env, log: silentLog });
  return { server, id: identityIn(data) ?? '', port: Number(new URL(server.url).port), data, env };
}

async function ownerOf({ server }: Home): Promise<Connection> {
  const connection = await Connection.open(dialUrl(server.url));
  await connection.request('account.register', { name: 'ada', password: 'correct horse', device: 'test' });
  await connection.request('account.claim', { secret: server.ownerLink?.split('=')[1] ?? '' });
  return connection;
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-e2e-dns-'));
  const homes: Home[] = [];
  try {
    await using dns = await openDns();
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    await writeFile(files.cert, testCertificate.cert);
    await writeFile(files.key, testCertificate.key);
    const env = { PARLEY_DNS_RESOLVER: dns.resolver, PARLEY_LIMITS_RATE_FACTOR: '100' };
    const tls = { PARLEY_LISTEN_TLS_CERT: files.cert, PARLEY_LISTEN_TLS_KEY: files.key };
    const chat = await home(folder, 'chat', { ...env, ...tls, PARLEY_NAME: 'chat.example.test' });
    const plain = await home(folder, 'plain', { ...env, PARLEY_NAME: 'chat.plain.example.test' });
    const own = await home(folder, 'own', env);
    const thief = await home(folder, 'thief', { ...env, PARLEY_NAME: 'chat.example.test' });
    homes.push(chat, plain, own, thief);
    const place = (home: Home, zone: string, host = 'chat') => [
      `${host} A 127.0.0.1`,
      `_parley.${host} TXT "v=parley1; id=${home.id}"`,
      `_parley._tcp.${host} SRV 10 5 ${home.port} ${host}.${zone}.`,
    ];
    const lines = {
      signed: [
        ...place(chat, 'example.test'),
        `_${chat.port}._tcp.chat TLSA 3 1 1 ${key}`,
        ...place(chat, 'example.test', 'other-key'),
        `_${chat.port}._tcp.other-key TLSA 3 1 1 ${'ab'.repeat(32)}`,
        ...place({ ...plain, port: chat.port }, 'example.test', 'other-id'),
        `_${chat.port}._tcp.other-id TLSA 3 1 1 ${key}`,
        ...place(chat, 'example.test', 'two-ids'),
        `_parley.two-ids TXT "v=parley1; id=${plain.id}"`,
        'alias CNAME chat',
        '_parley.alias CNAME _parley.chat',
        '_parley._tcp.alias CNAME _parley._tcp.chat',
      ],
      unsigned: place(plain, 'plain.example.test'),
      forged: place(chat, 'forged.test'),
      strange: place(chat, 'strange.test'),
    };
    await dns.start(lines, { from: chat.id, to: plain.id });
    await use({ dns, chat, plain, thief, owner: await ownerOf(own) });
  } finally {
    await Promise.all(homes.map(({ server }) => server.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

test('servers by DNS name', { skip }, (context) =>
  withWorld(async (world) => {
    await context.test('the resolver tells what is signed, unsigned, forged and missing', () => outcomes(world));
    await context.test('servers link by names, over TLS with the key that DNS names', () => links(world));
    await context.test('a name is proven, claimed, or refused to who is not the one that DNS names', () =>
      claims(world),
    );
    await context.test('names that are forged, missing or of somebody else are refused, links stay', () =>
      refusals(world),
    );
    await context.test('parley dns-records says what to publish, and finds it', () => published(world));
    await context.test('without the resolver links stay, and no new name is found', () => without(world));
  }),
);

async function outcomes({ dns, chat, plain }: World): Promise<void> {
  const names = openNameLookup({ resolver: dns.resolver, trustRemote: false }, runtime, silentLog);
  assert.ok(names);
  const found = async (name: string) => {
    const { outcome, id, addresses } = await names.lookup(name);
    return [outcome, id, ...addresses.map(({ host, port, tlsa }) => `${host}:${port} ${tlsa.join()}`)];
  };
  const { port } = chat;
  assert.deepEqual(await found('chat.example.test'), ['validated', chat.id, `chat.example.test:${port} ${key}`]);
  assert.deepEqual(await found('alias.example.test'), ['validated', chat.id, `chat.example.test:${port} ${key}`]);
  const unsigned = `chat.plain.example.test:${plain.port} `;
  assert.deepEqual(await found('chat.plain.example.test'), ['unsigned', plain.id, unsigned]);
  assert.deepEqual(await found('chat.forged.test'), ['bogus', undefined]);
  assert.deepEqual(await found('chat.strange.test'), ['bogus', undefined]);
  assert.deepEqual(await found('nobody.example.test'), ['none', undefined]);
  assert.deepEqual(await found('nobody.plain.example.test'), ['none', undefined]);
  assert.deepEqual(await found('two-ids.example.test'), ['none', undefined]);
  names.close();
}

async function links({ chat, plain, owner }: World): Promise<void> {
  for (const [name, { id }] of [
    ['chat.example.test', chat],
    ['chat.plain.example.test', plain],
  ] as const) {
    const peer = await owner.request('peer.connect', { url: name });
    assert.deepEqual([peer.state, peer.id, peer.urls], ['connected', id, [name]]);
  }
}

async function claims({ chat, plain, thief, owner }: World): Promise<void> {
  await owner.request('peer.connect', { url: thief.server.url });
  const states = new Map([
    [chat.id, 'verified'],
    [plain.id, 'unverified'],
    [thief.id, 'taken'],
  ]);
  for (;;) {
    const { peers } = await owner.request('peer.list', {});
    if (peers.some(({ nameState }) => nameState === undefined)) continue;
    for (const { id = '', nameState } of peers) assert.equal(nameState, states.get(id));
    assert.equal(peers.length, states.size);
    return;
  }
}

async function refusals({ chat, owner }: World): Promise<void> {
  const faults: Record<string, PeerFault> = {
    'chat.forged.test': 'bogus-name',
    'chat.strange.test': 'bogus-name',
    'nobody.example.test': 'no-name',
    'two-ids.example.test': 'no-name',
    'other-key.example.test': 'wrong-certificate',
    'other-id.example.test': 'wrong-server',
  };
  for (const [name, fault] of Object.entries(faults)) {
    const peer = await owner.request('peer.connect', { url: name });
    assert.deepEqual([peer.state, peer.id, peer.lastError], ['waiting', undefined, fault], name);
    await owner.request('peer.disconnect', { url: name });
  }
  await staysLinked(owner, chat);
}

async function staysLinked(owner: Connection, { id }: Home): Promise<void> {
  const { peers } = await owner.request('peer.list', {});
  assert.equal(peers.find((peer) => peer.id === id)?.state, 'connected');
}

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function dnsRecords({ data, env, port }: Home, ...words: string[]): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  const args = [main, 'dns-records', '--data', data, '--port', String(port), ...words];
  const child = spawn(process.execPath, args, { env: { ...Object.fromEntries(inherited), ...env } });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
}

async function published({ chat, plain }: World): Promise<void> {
  const { stdout } = await dnsRecords(chat);
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    `_parley._tcp.chat.example.test. 3600 IN SRV 10 5 ${chat.port} chat.example.test.`,
    `_parley.chat.example.test. 3600 IN TXT "v=parley1; id=${chat.id}"`,
    `_${chat.port}._tcp.chat.example.test. 3600 IN TLSA 3 1 1 ${key}`,
  ]);
  const found = async (home: Home, ...words: string[]) => {
    const { code, stdout } = await dnsRecords(home, '--check', ...words);
    return `${code}: ${[...stdout.matchAll(/^(right|wrong) +(\w+)/gm)].map(([, is, what]) => `${is} ${what}`).join(', ')}`;
  };
  assert.equal(await found(chat), '0: right TXT, right SRV, right DNSSEC, right TLSA');
  assert.equal(await found(plain), '1: right TXT, right SRV, wrong DNSSEC');
  assert.equal(await found(plain, '--name', 'chat.example.test'), '1: wrong TXT, wrong SRV, right DNSSEC');
  assert.equal(
    await found(chat, '--name', 'other-key.example.test'),
    '1: right TXT, right SRV, right DNSSEC, wrong TLSA',
  );
  assert.equal(await found(chat, '--name', 'chat.forged.test'), '1: wrong DNSSEC');
  assert.equal(await found(chat, '--name', 'nobody.example.test'), '4: wrong TXT');
}

async function without({ dns, chat, owner }: World): Promise<void> {
  await dns.stopResolver();
  const peer = await owner.request('peer.connect', { url: 'alias.example.test' });
  assert.deepEqual([peer.state, peer.lastError], ['waiting', 'no-resolver']);
  await staysLinked(owner, chat);
  assert.equal((await dnsRecords(chat, '--check')).code, 5);
}
