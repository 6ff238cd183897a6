// The configuration: flags win over the environment, that over the file, that over the defaults. Read once, at start.
import { readFileSync } from 'node:fs';
import { parse, stringify, TomlError } from 'smol-toml';
import { type Config, shape } from './config-shape.ts';
import { BadSetting, type Setting } from './setting.ts';
import { StartError } from './start-error.ts';

export type { Config } from './config-shape.ts';

/** As `--host`, `--port`, … gave them. */
export interface ConfigFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly doors?: string | undefined;
  readonly 'tcp-port'?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  readonly name?: string | undefined;
  readonly peer?: readonly string[] | undefined;
  readonly directory?: readonly string[] | undefined;
  readonly 'public-url'?: readonly string[] | undefined;
  readonly allow?: readonly string[] | undefined;
}

export interface ConfigSources {
  readonly flags?: ConfigFlags;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The text of a file, undefined when there is none; throws when it cannot be read. */
  readonly readFile?: (path: string) => string | undefined;
}

/** Read when no other is named, from the folder that the server is started in; relative paths start there too. */
const usualFile = 'parley.toml';

const flagPaths: Record<Exclude<keyof ConfigFlags, 'config'>, string> = {
  host: 'listen.host',
  port: 'listen.port',
  doors: 'listen.doors',
  'tcp-port': 'listen.tcp-port',
  data: 'data',
  name: 'name',
  peer: 'peers',
  directory: 'directories',
  'public-url': 'public-urls',
  allow: 'federation.allow',
};

/** Of commands that talk to a server, of bots and of the test run: no settings of a server. */
const otherVariables = new Set(
  [
    ...['CONFIG', 'TALLY'],
    ...['SERVER', 'PROFILE', 'PASSWORD', 'PASSWORD_FILE', 'TOKEN', 'TOKEN_FILE'],
    ...['URL', 'STORE', 'ROOMS', 'CA'],
  ].map((name) => `PARLEY_${name}`),
);

type AnySetting = Setting<unknown>;
type Tree = { readonly [key: string]: AnySetting | Tree };

/** Every setting by its path in the file, such as `listen.tcp-port`. */
const settings = new Map<string, AnySetting>(flatten(shape, []));

/** Throws StartError, which names the key and where it stands, for any value that is not right. */
export function loadConfig({ flags = {}, env = process.env, readFile = readIfThere }: ConfigSources = {}): Config {
  const values = new Map<string, unknown>();
  for (const [path, { fallback }] of settings) values.set(path, fallback);
  readToml(flags.config ?? env.PARLEY_CONFIG, readFile, values);
  readEnvironment(env, readFile, values);
  for (const [flag, path] of Object.entries(flagPaths)) {
    const text = textOf(flags[flag as keyof ConfigFlags]);
    if (text !== undefined)
      values.set(
        path,
        checked(`--${flag}`, () => settings.get(path)?.parse(text)),
      );
  }
  const config = build(shape, [], values) as unknown as Config;
  checkTogether(config);
  return config;
}

/** The configuration as a file that would give it, with what each setting means. */
export function describe(config: Config): string {
  const lines: string[] = [];
  let table = '';
  for (const [path, { about }] of settings) {
    const key = path.split('.').at(-1) ?? '';
    const section = path.slice(0, -key.length - 1);
    if (section !== table) lines.push(`[${section}]`, '');
    table = section;
    const value = path
      .split('.')
      .reduce<unknown>((node, part) => (node as Record<string, unknown>)[camel(part)], config);
    const line = value === undefined ? `# ${key} is not set` : stringify({ [key]: value }).trim();
    lines.push(`# ${about}`, line, '');
  }
  return lines.join('\n');
}

/** What a flag that may be given several times says, as a list in the environment would. */
function textOf(given: string | readonly string[] | undefined): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  return given.length === 0 ? undefined : given.join(',');
}

function readToml(
  named: string | undefined,
  readFile: (path: string) => string | undefined,
  values: Map<string, unknown>,
) {
  const file = named ?? usualFile;
  const text = fileText(file, readFile);
  if (text === undefined) {
    if (named !== undefined) throw new StartError(`the configuration ${file} does not exist`);
    return;
  }
  let table: Record<string, unknown>;
  try {
    table = parse(text, { unsafeKeyBehaviour: 'throw' });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split('\n')[0]?.replace('Invalid TOML document: ', '');
    throw new StartError(`${file}, line ${cause.line}: ${reason}`, { cause });
  }
  readTable(file, table, '', values);
}

function readTable(file: string, table: Record<string, unknown>, prefix: string, values: Map<string, unknown>): void {
  for (const [key, value] of Object.entries(table)) {
    const path = prefix + key;
    const setting = settings.get(path);
    const isTable = [...settings.keys()].some((known) => known.startsWith(`${path}.`));
    if (setting !== undefined)
      values.set(
        path,
        checked(`${path} in ${file}`, () => setting.read(value)),
      );
    else if (!isTable) throw new StartError(`${path} in ${file} is no setting`);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      readTable(file, value as Record<string, unknown>, `${path}.`, values);
    } else throw new StartError(`${path} in ${file} must be a table`);
  }
}

/** `PARLEY_…` holds a value, `PARLEY_…_FILE` the path of a file that does, as secrets are handed to containers. */
function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string | undefined,
  values: Map<string, unknown>,
): void {
  const unknown = new Set(Object.keys(env).filter((name) => name.startsWith('PARLEY_') && !otherVariables.has(name)));
  for (const [path, setting] of settings) {
    const name = `PARLEY_${path.replaceAll(/[.-]/g, '_').toUpperCase()}`;
    const fileName = `${name}_FILE`;
    unknown.delete(name);
    unknown.delete(fileName);
    const file = env[fileName];
    let text = env[name];
    if (file !== undefined) {
      if (text !== undefined) throw new StartError(`${name} and ${fileName} are both set`);
      text = fileText(file, readFile)?.replace(/\r?\n$/, '');
      if (text === undefined) throw new StartError(`${fileName} names ${file}, which does not exist`);
    }
    const given = text;
    if (given !== undefined)
      values.set(
        path,
        checked(file === undefined ? name : fileName, () => setting.parse(given)),
      );
  }
  const [first] = unknown;
  if (first !== undefined) throw new StartError(`${first} is no setting`);
}

function checkTogether({ listen, publicUrls }: Config): void {
  if ((listen.tlsCert === undefined) !== (listen.tlsKey === undefined)) {
    throw new StartError('listen.tls-cert and listen.tls-key go together');
  }
  if (listen.tcpPort === listen.port && listen.port !== 0) {
    throw new StartError('listen.port and listen.tcp-port must differ');
  }
  if (listen.doors === 'websocket' && listen.tcpPort !== undefined) {
    throw new StartError('listen.tcp-port is set, but listen.doors is websocket');
  }
  if (listen.doors !== undefined && listen.doors !== 'websocket' && listen.tcpPort === undefined) {
    throw new StartError(`listen.doors is ${listen.doors}, so listen.tcp-port must be set`);
  }
  if (listen.doors === 'tcp' && publicUrls.length > 0) {
    throw new StartError('public-urls are where other servers dial this one, but listen.doors is tcp');
  }
}

function checked<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof BadSetting) throw new StartError(`${what} ${cause.message}`, { cause });
    throw cause;
  }
}

function fileText(path: string, readFile: (path: string) => string | undefined): string | undefined {
  try {
    return readFile(path);
  } catch (cause) {
    throw new StartError(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isSetting(node: AnySetting | Tree): node is AnySetting {
  return typeof node.parse === 'function';
}

function flatten(tree: Tree, path: string[]): [string, AnySetting][] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const here = [...path, kebab(key)];
    return isSetting(node) ? [[here.join('.'), node] as [string, AnySetting]] : flatten(node, here);
  });
}

function build(tree: Tree, path: string[], values: Map<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(tree).map(([key, node]) => {
    const here = [...path, kebab(key)];
    return [key, isSetting(node) ? values.get(here.join('.')) : build(node, here, values)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function kebab(camelCase: string): string {
  return camelCase.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(kebabCase: string): string {
  return kebabCase.replaceAll(/-[a-z]/g, (pair) => pair.slice(1).toUpperCase());
}
