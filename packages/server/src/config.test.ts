import assert from 'node:assert/strict';
import { it, describe as suite } from 'node:test';
import { type Config, type ConfigFlags, describe, loadConfig } from './config.ts';
import { StartError } from './start-error.ts';

interface Given {
  toml?: string;
  env?: Record<string, string>;
  flags?: ConfigFlags;
  files?: Record<string, string>;
}

function load({ toml, env = {}, flags = {}, files = {} }: Given = {}): Config {
  const all: Record<string, string | undefined> = { ...files, ...(toml === undefined ? {} : { 'parley.toml': toml }) };
  return loadConfig({ flags, env, readFile: (path) => all[path] });
}

function refuses(given: Given, ...parts: string[]): void {
  assert.throws(
    () => load(given),
    (error) => {
      assert.ok(error instanceof StartError);
      assert.ok(!error.message.includes('\n'));
      for (const part of parts) assert.ok(error.message.includes(part), `${error.message} does not say ${part}`);
      return true;
    },
  );
}

suite('the configuration', () => {
  it('has defaults for all', () => {
    assert.deepEqual(load(), {
      name: undefined,
      data: './data',
      network: 'parley',
      signUp: 'auto',
      guests: true,
      trustedProxies: [],
      origins: [],
      peers: [],
      directories: [],
      publicUrls: [],
      federation: { allow: [], relay: true, relayFor: [] },
      listen: {
        host: '127.0.0.1',
        port: 8080,
        doors: undefined,
        tcpPort: undefined,
        metricsPort: undefined,
        tlsCert: undefined,
        tlsKey: undefined,
      },
      dns: { resolver: '127.0.0.1:53', trustRemote: false },
      limits: { rateFactor: 1, connections: 50_000, loadedRooms: 1_000 },
      log: { level: 'info' },
    });
  });

  it('is read from a TOML file', () => {
    const config = load({
      toml: `
        name = "chat.example.org"
        sign-up = "open"
        guests = false
        trusted-proxies = ["10.0.0.0/8", "::1"]
        origins = ["https://app.example.net"]
        [listen]
        host = "::"
        port = 443
        doors = "all"
        tcp-port = 7667
        tls-cert = "cert.pem"
        tls-key = "key.pem"
        [limits]
        rate-factor = 2.5
        [log]
        level = "warn"
      `,
    });
    assert.equal(config.name, 'chat.example.org');
    assert.equal(config.signUp, 'open');
    assert.equal(config.guests, false);
    assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1']);
    assert.deepEqual(config.origins, ['https://app.example.net']);
    assert.deepEqual(config.listen, {
      host: '::',
      port: 443,
      doors: 'all',
      tcpPort: 7667,
      metricsPort: undefined,
      tlsCert: 'cert.pem',
      tlsKey: 'key.pem',
    });
    assert.equal(config.limits.rateFactor, 2.5);
    assert.equal(config.log.level, 'warn');
  });

  it('takes a flag that is given several times as a list', () => {
    const env = { PARLEY_PEERS: 'https://a.example' };
    const peer = ['https://b.example', 'http://127.0.0.1:8081'];
    assert.deepEqual(load({ env, flags: { peer } }).peers, peer);
    assert.deepEqual(load({ env, flags: { peer: [] } }).peers, ['https://a.example']);
    assert.deepEqual(load({ flags: { peer: ['chat.example.org'] } }).peers, ['chat.example.org']);
    for (const wrong of ['localhost', 'chat.example.org/x', 'https://b.example/x'])
      refuses({ flags: { peer: [wrong] } }, '--peer must be an origin such as');
  });

  it('takes ids of servers as the only ones to link with', () => {
    const [a, b] = ['a'.repeat(52), `${'b'.repeat(51)}a`];
    assert.deepEqual(load({ toml: `federation.allow = ["${a}", "${b}"]` }).federation.allow, [a, b]);
    assert.deepEqual(load({ env: { PARLEY_FEDERATION_ALLOW: a }, flags: { allow: [b] } }).federation.allow, [b]);
    refuses({ flags: { allow: ['chat.example.org'] } }, '--allow must be the id of a server');
  });

  it('takes the address of a resolver, or none', () => {
    const resolver = (text: string) => load({ env: { PARLEY_DNS_RESOLVER: text } }).dns.resolver;
    for (const right of ['none', '127.0.0.1', '127.0.0.1:5353', '::1', '[::1]:53', '10.0.0.1:53'])
      assert.equal(resolver(right), right);
    for (const wrong of [
      '',
      'localhost',
      'dns.example:53',
      '127.0.0.1:0',
      '127.0.0.1:65536',
      '::1:53:',
      '[127.0.0.1]:53',
    ])
      refuses({ env: { PARLEY_DNS_RESOLVER: wrong } }, 'PARLEY_DNS_RESOLVER must be an address and port');
  });

  it('is read from the environment, by mechanical names', () => {
    const config = load({
      env: {
        PATH: '/bin',
        PARLEY_NAME: 'chat.example.org',
        PARLEY_SIGN_UP: 'invite',
        PARLEY_GUESTS: 'false',
        PARLEY_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1',
        PARLEY_ORIGINS: '',
        PARLEY_LISTEN_TCP_PORT: '0',
        PARLEY_LIMITS_RATE_FACTOR: '0.5',
      },
    });
    assert.equal(config.name, 'chat.example.org');
    assert.equal(config.signUp, 'invite');
    assert.equal(config.guests, false);
    assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '192.0.2.1']);
    assert.deepEqual(config.origins, []);
    assert.equal(config.listen.tcpPort, 0);
    assert.equal(config.limits.rateFactor, 0.5);
  });

  it('leaves alone what is for commands, bots and the test run', () => {
    const names = [
      'SERVER',
      'PROFILE',
      'PASSWORD',
      'PASSWORD_FILE',
      'TOKEN',
      'TOKEN_FILE',
      'URL',
      'STORE',
      'ROOMS',
      'CA',
    ];
    const env = Object.fromEntries([...names, 'TALLY'].map((name) => [`PARLEY_${name}`, 'x']));
    assert.deepEqual(load({ env }), load({}));
  });

  it('takes flags before the environment before the file before defaults', () => {
    const toml = 'data = "file"\nname = "file.example"\n[listen]\nhost = "192.0.2.1"\nport = 1';
    const env = { PARLEY_LISTEN_HOST: '192.0.2.2', PARLEY_LISTEN_PORT: '2', PARLEY_DATA: 'env' };
    const flags = { host: '192.0.2.3', port: '3' };
    assert.equal(load({ toml }).listen.port, 1);
    assert.equal(load({ toml, env }).listen.port, 2);
    const config = load({ toml, env, flags });
    assert.deepEqual([config.listen.port, config.listen.host], [3, '192.0.2.3']);
    assert.deepEqual([config.data, config.name], ['env', 'file.example']);
    const all = load({ toml, env, flags: { ...flags, data: 'flag', name: 'flag.example' } });
    assert.deepEqual([all.data, all.name], ['flag', 'flag.example']);
  });

  it('reads another file when told, and says when that is missing', () => {
    const files = { 'a.toml': 'data = "a"', 'b.toml': 'data = "b"' };
    const env = { PARLEY_CONFIG: 'a.toml' };
    assert.equal(load({ files, env, toml: 'data = "usual"' }).data, 'a');
    assert.equal(load({ files, env, flags: { config: 'b.toml' } }).data, 'b');
    refuses({ flags: { config: 'none.toml' } }, 'none.toml does not exist');
  });

  it('reads a value from a file named by the environment', () => {
    const files = { '/run/name': 'chat.example.org\n' };
    assert.equal(load({ files, env: { PARLEY_NAME_FILE: '/run/name' } }).name, 'chat.example.org');
    refuses({ files, env: { PARLEY_NAME_FILE: '/run/none' } }, 'PARLEY_NAME_FILE', '/run/none');
    refuses({ files, env: { PARLEY_NAME_FILE: '/run/name', PARLEY_NAME: 'a' } }, 'both set');
    refuses({ files: { f: 'x' }, env: { PARLEY_LISTEN_PORT_FILE: 'f' } }, 'PARLEY_LISTEN_PORT_FILE must be');
  });

  it('says when a file cannot be read', () => {
    const readFile = (): string => {
      throw new Error('EACCES: permission denied');
    };
    assert.throws(() => loadConfig({ flags: {}, env: {}, readFile }), /cannot read parley.toml: EACCES/);
  });

  it('reads the real files and environment when nothing is handed in', () => {
    assert.throws(() => loadConfig({ flags: { config: '/nowhere/parley.toml' } }), StartError);
  });

  it('refuses unknown keys by name', () => {
    refuses({ toml: 'nmae = "x"' }, 'nmae in parley.toml');
    refuses({ toml: '[listen]\nprot = 1' }, 'listen.prot in parley.toml');
    refuses({ toml: '[lisen]\nport = 1' }, 'lisen in parley.toml');
    refuses({ toml: '[listen.tls]\ncert = "x"' }, 'listen.tls');
    refuses({ toml: 'listen = 5' }, 'listen in parley.toml must be a table');
    refuses({ toml: '[[listen]]\nport = 1' }, 'listen in parley.toml must be a table');
    refuses({ toml: 'tcpPort = 1' }, 'tcpPort');
    refuses({ toml: 'constructor = 1' }, 'line 1');
    refuses({ env: { PARLEY_LISTEN_PROT: '1' } }, 'PARLEY_LISTEN_PROT is no setting');
  });

  it('refuses broken TOML with the line', () => {
    refuses({ toml: 'data = "a"\nname = ' }, 'parley.toml, line 2');
    refuses({ toml: 'data = "a"\ndata = "b"' }, 'parley.toml, line 2');
  });

  for (const [key, bad] of Object.entries({
    name: ['5', '""', '"Chat.example.org"', '"a b"', '"-a.example"', '"192.0.2.1"', `"${'a'.repeat(64)}.example"`],
    data: ['""', 'true', '"a\\u0000b"'],
    network: ['""', '"Parley"', '"a.b"', `"${'a'.repeat(65)}"`],
    'sign-up': ['"yes"', 'true', '""'],
    guests: ['"true"', '1'],
    'trusted-proxies': ['"10.0.0.0/8"', '["10.0.0.0/40"]', '["proxy.example"]', '[1]'],
    origins: [
      '["chat.example.org"]',
      '["https://chat.example.org/"]',
      '["*"]',
      '["ftp://a.example"]',
      '["https://A.example"]',
    ],
    'listen.host': ['""', '"a b"', '5', '"127.0.0.1:80"'],
    'listen.port': ['-1', '65536', '80.5', '"80"', '1979-05-27', 'nan'],
    'listen.doors': ['"none"', '1', 'true'],
    'listen.tcp-port': ['-1', '"off"', 'false'],
    'listen.tls-cert': ['""', '1'],
    'listen.tls-key': ['""', '1'],
    'limits.rate-factor': ['0', '-1', 'nan', 'inf', '"1"'],
    'limits.connections': ['0', '1.5'],
    'limits.loaded-rooms': ['0', '"many"'],
    'log.level': ['"loud"', '3'],
  })) {
    it(`refuses bad values of ${key}`, () => {
      for (const value of bad) refuses({ toml: `${key} = ${value}` }, `${key} in parley.toml must be`);
    });
  }

  it('refuses bad text in the environment and in flags', () => {
    for (const text of ['', 'http', '80 ', '0x50', '1e3', '-1', '70000', '80.0.0']) {
      refuses({ env: { PARLEY_LISTEN_PORT: text } }, 'PARLEY_LISTEN_PORT must be a whole number from 0 to 65535');
      refuses({ flags: { port: text } }, '--port must be');
    }
    for (const text of ['', 'yes', 'TRUE', '1']) refuses({ env: { PARLEY_GUESTS: text } }, 'PARLEY_GUESTS must be');
    refuses({ env: { PARLEY_TRUSTED_PROXIES: '10.0.0.0/8,,::1' } }, 'PARLEY_TRUSTED_PROXIES must be');
    refuses({ flags: { name: 'Not A Name' } }, '--name must be');
    refuses({ flags: { host: '' } }, '--host must be');
    refuses({ flags: { data: '' } }, '--data must be');
  });

  it('refuses a list that is too long', () => {
    const many = Array.from({ length: 65 }, (_, index) => `192.0.2.${index}`);
    refuses({ env: { PARLEY_TRUSTED_PROXIES: many.join() } }, 'at most 64');
  });

  it('refuses settings that do not go together', () => {
    refuses({ toml: '[listen]\ntls-cert = "c"' }, 'go together');
    refuses({ toml: '[listen]\ntls-key = "k"' }, 'go together');
    refuses({ toml: '[listen]\nport = 80\ntcp-port = 80' }, 'must differ');
    assert.equal(load({ toml: '[listen]\nport = 0\ntcp-port = 0' }).listen.tcpPort, 0);
    refuses({ toml: '[listen]\ndoors = "websocket"\ntcp-port = 7' }, 'tcp-port');
    refuses({ toml: '[listen]\ndoors = "tcp"' }, 'tcp-port');
    refuses({ toml: '[listen]\ndoors = "all"' }, 'tcp-port');
    refuses({ toml: 'public-urls = ["https://a.example"]\n[listen]\ndoors = "tcp"\ntcp-port = 7' }, 'public-urls');
  });

  it('describes itself as a file that gives the same again', () => {
    const toml = 'origins = ["https://a.example"]\n[listen]\nport = 0\ntcp-port = 7\n[limits]\nrate-factor = 0.5';
    for (const config of [load(), load({ toml })]) {
      const text = describe(config);
      assert.deepEqual(load({ toml: text }), config);
      assert.match(text, /# The port of raw TCP clients/);
    }
  });
});
