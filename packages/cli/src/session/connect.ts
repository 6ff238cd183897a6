/**
 * A connection for one command: dials, makes sure that the server is the one known at this address, signs in with the
 * session of the profile, runs, and closes whatever happens.
 */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Client, createClient, machineRuntime, memoryStore, type ServerInfo, type Store } from '@parley/client';
import { dialUrl } from '@parley/client/node';
import { limits, Refusal, serverOf } from '@parley/protocol';
import type { Context } from '../context.ts';
import { exits, Failure } from '../exit.ts';
import { changeProfile, loadProfile, type Profile } from '../profile/profile.ts';
import { defaultServer, serverUrl } from '../profile/server-url.ts';
import { Deadline, orStop } from './deadline.ts';
import { otherServer, unreachable } from './failure.ts';

export interface Connected {
  context: Context;
  client: Client;
  info: ServerInfo;
  /** The address, as the profile spells it. */
  url: string;
  /** Aborts when the command is to stop, for whatever reason. */
  signal: AbortSignal;
}

export interface ConnectOptions {
  /** `anyone` is not signed in. */
  as: 'account' | 'anyone';
  /** What the time of --timeout covers: all of the command, or coming as far as being connected. */
  deadline: 'command' | 'connection';
  /** What did not happen, once connected, when that time is over; else it is an answer of the server. */
  awaited?: string;
  /** Where the outbox and the rooms are kept between runs; not at all when it is absent. */
  store?: (profile: Profile, url: string) => Promise<Store>;
  /** Takes the server as it is, though another one was known at its address. */
  trust?: boolean;
}

/** Which server a command line means. */
export const urlOf = (context: Context, profile: Profile): string =>
  serverUrl(context.server ?? profile.server ?? defaultServer);

/** Runs `use` with a connection. Rejects with what `use` throws, a refusal, or a failure with its exit code. */
export async function withServer<T>(
  context: Context,
  options: ConnectOptions,
  use: (connected: Connected) => Promise<T>,
): Promise<T> {
  const profile = await loadProfile(context.profileFolder);
  const url = urlOf(context, profile);
  const stop = new AbortController();
  let awaited = `no answer of ${url}`;
  const deadline = new Deadline(context.timeoutMs, () =>
    stop.abort(new Failure(exits.network, 'timeout', `${awaited} within ${context.timeoutMs / 1_000} s`)),
  );
  const signal = AbortSignal.any([context.shell.signal, stop.signal]);
  const dialled: { error?: unknown } = {};
  const client = createClient({
    dial: reporting(url, dialled),
    store: (await options.store?.(profile, url)) ?? memoryStore(),
    runtime: machineRuntime,
    name: 'terminal/0.1.0',
    device: deviceName(),
  });
  const guard = watchServer(client, options.trust ? undefined : profile.servers[url]?.id, (info) => {
    stop.abort(otherServer(url, profile.servers[url]?.id ?? '', info.server.id));
  });
  try {
    const info = await orStop(
      firstHello(client, () => unreachable(url, dialled.error)),
      signal,
    );
    await remember(context, url, info);
    const connected = { context, client, info, url, signal };
    if (options.as === 'account')
      await orStop(
        signIn(connected, profile).then(() => nameServers(client)),
        signal,
      );
    watchEnd(client, url, (failure) => stop.abort(failure));
    if (options.deadline === 'connection') deadline.clear();
    awaited = options.awaited ?? awaited;
    return await orStop(use(connected), signal);
  } finally {
    deadline.clear();
    guard();
    await client.close();
  }
}

/** Keeps why dialling failed, for the words of a failure. */
function reporting(url: string, into: { error?: unknown }): ReturnType<typeof dialUrl> {
  const dial = dialUrl(url);
  return async (signal) => {
    try {
      return await dial(signal);
    } catch (error) {
      into.error = error;
      throw error;
    }
  };
}

function deviceName(): string {
  const name = `parley on ${hostname()}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '').slice(0, limits.deviceName);
  return name.toWellFormed();
}

/**
 * Before anything secret is said: the listener runs within the hello, so that a token is never sent to another server
 * than the one it is for, on reconnection too.
 */
function watchServer(client: Client, pinned: string | undefined, changed: (info: ServerInfo) => void): () => void {
  let expected = pinned;
  return client.server.subscribe(() => {
    const info = client.server.get();
    if (!info) return;
    expected ??= info.server.id;
    if (info.server.id === expected) return;
    void client.close();
    changed(info);
  });
}

/** Resolves with the hello, rejects when the first attempt fails: a command does not wait for a server to come up. */
async function firstHello(client: Client, failed: () => Failure): Promise<ServerInfo> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = client.status.subscribe(() => {
    const status = client.status.get();
    if (status.state === 'offline') reject(status.code ? new Refusal(status.code) : failed());
  });
  try {
    await Promise.race([client.start(), promise]);
    return client.server.get()!;
  } finally {
    stop();
  }
}

async function signIn({ client, url, context }: Connected, profile: Profile): Promise<void> {
  const token = (await tokenOf(context)) ?? profile.servers[url]?.account?.token;
  if (!token) throw notSignedIn(`you are not signed in to ${url}`);
  if (client.me.get()) await resumed(client);
  if (client.me.get()) return;
  for (;;) {
    try {
      await client.resume(token);
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, detail } = error;
      if (code === 'session-ended' || code === 'bad-credentials')
        throw notSignedIn(`your session on ${url} has ended`, code);
      if (code !== 'too-fast' || detail.retryAfterMs === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, detail.retryAfterMs));
    }
  }
}

/** What is printed of rooms needs the names of their servers. */
async function nameServers(client: Client): Promise<void> {
  const views = [...client.rooms.get().map(({ view }) => view), ...client.invitations.get()];
  const servers = new Set(
    views.flatMap(({ server, direct }) => (direct ? serverOf(direct.person.id) : (server ?? []))),
  );
  if (servers.size > 0) await client.servers.refresh([...servers]);
}

/** A bot's token, by the environment. */
async function tokenOf({ shell: { env, folder } }: Context): Promise<string | undefined> {
  if (env.PARLEY_TOKEN) return env.PARLEY_TOKEN;
  if (!env.PARLEY_TOKEN_FILE) return undefined;
  return (await readFile(resolve(folder, env.PARLEY_TOKEN_FILE), 'utf8')).trim();
}

/** The store held a session: it is resumed with the hello. */
async function resumed(client: Client): Promise<void> {
  for await (const { state } of client.status.values()) if (state !== 'connecting') return;
}

const notSignedIn = (what: string, code = 'not-signed-in'): Failure =>
  new Failure(exits.authentication, code, `${what}: parley login NAME (or parley register NAME)`);

/** The server ends the session, or refuses this version: the command cannot go on. */
function watchEnd(client: Client, url: string, ended: (failure: Error) => void): void {
  client.status.subscribe(() => {
    const status = client.status.get();
    if (status.state !== 'closed' || status.code === undefined) return;
    ended(
      status.code === 'session-ended'
        ? notSignedIn(`your session on ${url} has ended`, 'session-ended')
        : new Refusal(status.code),
    );
  });
}

/** Pins the server at its first use. */
async function remember(context: Context, url: string, { server }: ServerInfo): Promise<void> {
  const known = (await loadProfile(context.profileFolder)).servers[url];
  if (known?.id === server.id && known.name === server.name) return;
  await changeProfile(context.profileFolder, (profile) => {
    const before = profile.servers[url];
    // Another server has no use for the token of the one before.
    profile.servers[url] =
      before?.id === server.id ? { ...before, name: server.name } : { id: server.id, name: server.name };
  });
}
