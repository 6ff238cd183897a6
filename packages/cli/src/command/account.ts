/** Signing up, in and out, and who one is. */
import { resolve } from 'node:path';
import { accountName, check, Refusal, type SignedIn } from '@parley/protocol';
import { cleanLine } from '@parley/terminal';
import type { Context } from '../context.ts';
import { userLabel } from '../entry-json.ts';
import { exits, Failure, usage } from '../exit.ts';
import { readKeyFile } from '../profile/key-file.ts';
import { type Account, changeProfile, loadProfile } from '../profile/profile.ts';
import { password, passwordOption } from '../profile/secret.ts';
import { type Connected, urlOf, withServer } from '../session/connect.ts';
import { command } from './command.ts';

const trustOption = {
  'trust-new-server': { about: 'Takes the server as it is, though another one was known at its address.' },
} as const;

export const register = command({
  name: 'register',
  group: 'Account',
  about: 'Makes an account and signs in.',
  details: 'The password has at least 8 characters. Without a file or variable it is asked for, without showing it.',
  examples: ['parley register ada --server http://localhost:8080', 'parley register ada --password-file pw.txt'],
  arguments: [{ name: 'NAME', about: 'Lower-case letters, digits, . _ and -.' }],
  options: {
    ...passwordOption,
    ...trustOption,
    display: { value: 'NAME', about: 'The name to show.' },
    invite: { value: 'CODE', about: 'The invite, where sign-up needs one.' },
  },
  async run(context, { arguments: [typed = ''], options }) {
    const name = nameOf(typed);
    const secret = await password(context, options['password-file'], true);
    if (secret.length < 8) throw usage('the password has fewer than 8 characters');
    const { display, invite } = options;
    const more = { ...(display !== undefined && { display }), ...(invite !== undefined && { invite }) };
    await withServer(
      context,
      { as: 'anyone', deadline: 'command', trust: options['trust-new-server'] },
      async (connected) => signedIn(connected, await connected.client.register({ name, password: secret, ...more })),
    );
  },
});

export const login = command({
  name: 'login',
  group: 'Account',
  about: 'Signs in, with a password or a key, and keeps the session in the profile.',
  examples: ['parley login ada', 'parley login ada --password-file pw.txt', 'parley login --key key.pem'],
  arguments: [{ name: 'NAME', about: 'Name of the account; a key knows its own.', optional: true }],
  options: {
    ...passwordOption,
    ...trustOption,
    key: { value: 'FILE', about: 'File with a key of parley keygen, instead of a password.', offers: 'file' },
  },
  async run(context, { arguments: [typed], options }) {
    const { key } = options;
    if (typed === undefined && key === undefined) throw usage('NAME is missing: parley login NAME, or --key FILE');
    const name = typed === undefined ? undefined : nameOf(typed);
    const enter =
      key === undefined
        ? await byPassword(context, name ?? '', options['password-file'])
        : await byKey(context, name, key);
    await withServer(
      context,
      { as: 'anyone', deadline: 'command', trust: options['trust-new-server'] },
      async (connected) => signedIn(connected, await enter(connected)),
    );
  },
});

type Enter = (connected: Connected) => Promise<SignedIn>;

async function byPassword(context: Context, name: string, file: string | undefined): Promise<Enter> {
  const secret = await password(context, file, false);
  return ({ client }) => client.signIn({ name, password: secret });
}

async function byKey(context: Context, name: string | undefined, file: string): Promise<Enter> {
  const path = resolve(context.shell.folder, file);
  const { publicKey: key, sign, isOpen } = await readKeyFile(path);
  if (isOpen) context.say(`parley: ${path} can be read by others: chmod 600 it`);
  return async ({ client }) => {
    const me = await client.signInWithKey({ key, sign });
    if (name === undefined || me.name === name) return me;
    await client.signOut();
    throw new Failure(exits.authentication, 'bad-credentials', `this key signs in ${me.name}, not ${name}`);
  };
}

export const logout = command({
  name: 'logout',
  group: 'Account',
  about: 'Ends the session, here and on the server.',
  arguments: [],
  options: {},
  async run(context) {
    const url = urlOf(context, await loadProfile(context.profileFolder));
    const forget = () => changeProfile(context.profileFolder, ({ servers }) => delete servers[url]?.account);
    try {
      await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
        await client.request('session.signOut', {}, { signal });
        await forget();
      });
    } catch (error) {
      // A session that has ended already is what is wanted.
      const isOver = error instanceof Failure && ['session-ended', 'bad-credentials'].includes(error.code);
      if (!isOver) throw error;
      await forget();
    }
    if (context.json) await context.printJson({ signedOut: true, server: url });
    else context.say(`signed out of ${url}`);
  },
});

export const whoami = command({
  name: 'whoami',
  group: 'Account',
  about: 'Says who you are, on which server.',
  arguments: [],
  options: {},
  async run(context) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, info, url }) => {
      const me = client.me.get()!;
      const user = userLabel(me, info.server.name);
      const { kind, serverRole, display = null } = me;
      if (!context.json) return context.print(`${cleanLine(user)} on ${url}`);
      const server = { url, id: info.server.id, name: info.server.name };
      return context.printJson({ user, userId: me.user, name: me.name, display, kind, serverRole, server });
    });
  },
});

export const claim = command({
  name: 'claim',
  group: 'Account',
  about: 'Makes you the owner of the server, by the one-time link that it printed at its first start.',
  arguments: [{ name: 'LINK', about: 'The link, or the secret at its end.' }],
  options: {},
  async run(context, { arguments: [link = ''] }) {
    const secret = link.split(/[/=#]/).at(-1) ?? '';
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, info, signal }) => {
      await client.request('account.claim', { secret }, { signal }).catch(refuseLink);
      if (context.json) await context.printJson({ owner: true, server: info.server.name });
      else context.say(`you own ${cleanLine(info.server.name)} now`);
    });
  },
});

function refuseLink(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'bad-credentials') throw error;
  const message = 'this link is void: it works once, and a server without an owner prints a new one at each start';
  throw new Failure(exits.authentication, error.code, message, { cause: error });
}

/** The name of an account, typed with or without @. */
export function nameOf(typed: string): string {
  const name = typed.replace(/^@/, '');
  if (check(accountName, name).ok) return name;
  throw usage(`“${typed}” is no name of an account: lower-case letters, digits, . _ and -, at most 32`);
}

/** Keeps the session: from now on commands are from this account. The one that was kept before is ended. */
async function signedIn({ client, context, info, url }: Connected, me: SignedIn): Promise<void> {
  const { id, name: server } = info.server;
  const { token, user, name, session } = me;
  let before: Account | undefined;
  await changeProfile(context.profileFolder, (profile) => {
    before = profile.servers[url]?.account;
    profile.server = url;
    profile.servers[url] = { id, name: server, account: { token, user, name, session } };
  });
  // It may be over already.
  if (before?.user === user) await client.request('session.revoke', { session: before.session }).catch(() => {});
  const label = userLabel(me, server);
  if (context.json) await context.printJson({ user: label, userId: user, server: { url, id, name: server } });
  else context.say(`signed in to ${url} as ${cleanLine(label)}`);
}
