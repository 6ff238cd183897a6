import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { start, testWorld } from '../testing.ts';

test('the records of a server are printed as a zone file has them, and as JSON', async () => {
  await using world = await testWorld();
  const ada = await world.person();
  const id = (await ada.parley('identity')).stdout.trim();
  const words = ['dns-records', '--name', 'chat.example.org', '--data', join(world.folder, 'data')];
  const { exit, stdout, stderr } = await ada.parley(...words);
  assert.equal(exit, 0, stderr);
  assert.deepEqual(stdout.split('\n'), [
    '_parley._tcp.chat.example.org. 3600 IN SRV 10 5 443 chat.example.org.',
    `_parley.chat.example.org. 3600 IN TXT "v=parley1; id=${id}"`,
    '',
  ]);
  assert.match(stderr, /port 443: that of a proxy .*\nput these into the zone of chat\.example\.org/);

  const [json] = (await ada.parley(...words, '--port', '8448', '--target', 'host.example.org', '--json')).json();
  assert.deepEqual(json, {
    v: 1,
    name: 'chat.example.org',
    server: id,
    records: [
      { name: '_parley._tcp.chat.example.org', type: 'SRV', ttl: 3_600, data: '10 5 8448 host.example.org.' },
      { name: '_parley.chat.example.org', type: 'TXT', ttl: 3_600, data: `"v=parley1; id=${id}"` },
    ],
  });
});

test('they come from the configuration, and from the running server that is named', async () => {
  await using world = await testWorld();
  const id = (await (await world.person()).parley('identity')).stdout.trim();
  await writeFile(
    join(world.folder, 'parley.toml'),
    `name = "here.example.org"\ndata = "${join(world.folder, 'data')}"\n[listen]\nhost = "0.0.0.0"\nport = 8448\n`,
  );
  const ran = async (env: Record<string, string>, ...words: string[]) =>
    (await start(['dns-records', ...words], env, world.folder).done).stdout;
  const expected = new RegExp(`SRV 10 5 8448 here\\.example\\.org\\.\n.*id=${id}"`);
  assert.match(await ran({}), expected);
  assert.match(await ran({ PARLEY_CONFIG: 'parley.toml' }), expected);
  assert.match(await ran({ PARLEY_SERVER: world.url }, '--name', 'here.example.org'), expected);
});

test('what is missing or wrong is said', async () => {
  await using world = await testWorld();
  const ada = await world.person();
  const data = ['--data', join(world.folder, 'data')];
  const fails = async (exit: number, pattern: RegExp, env: Record<string, string>, ...words: string[]) => {
    const ran = await start(['dns-records', ...words], { PARLEY_PROFILE: ada.profile, ...env }, world.folder).done;
    assert.equal(ran.exit, exit, ran.stderr);
    assert.match(ran.stderr, pattern);
    assert.equal(ran.stdout, '');
  };
  const name = ['--name', 'chat.example.org'];
  await fails(2, /which name\?/, {}, ...data);
  await fails(2, /--name must be/, {}, ...data, '--name', 'Chat');
  await fails(2, /localhost is no name in DNS/, {}, ...data, '--name', 'localhost');
  await fails(2, /“0” is no port/, {}, ...data, ...name, '--port', '0');
  await fails(1, /there is no such file/, {}, ...data, ...name, '--cert', 'missing.pem');
  await fails(4, /holds no identity/, {}, ...name, '--data', world.folder);
  await fails(2, /nobody to ask/, { PARLEY_DNS_RESOLVER: 'none' }, ...data, ...name, '--check');
  await fails(
    5,
    /no answer of the resolver 127\.0\.0\.1:1 /,
    { PARLEY_DNS_RESOLVER: '127.0.0.1:1' },
    ...data,
    ...name,
    '--check',
  );
});
