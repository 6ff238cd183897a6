/** Which server a command is about: the one of a data folder, running or not, else the one that is running. */
import { resolve } from 'node:path';
import type { Reply } from '@parley/protocol';
import type { Context } from '../context.ts';
import { exits, Failure } from '../exit.ts';
import { withServer } from './connect.ts';

const usualData = 'data';

/** What is told of a server; where it is reached only by the one that is running. */
export type Self = Pick<Reply<'server.self'>, 'id'> & Partial<Reply<'server.self'>>;

/** @param data the folder, where the command line names one: then no other server is meant */
export async function serverIdOf(context: Context, data: string | undefined): Promise<string> {
  return (await idInFolder(context, data)) ?? (await idOfRunning(context));
}

/** As {@link serverIdOf}, with what else is told. */
export async function serverSelf(context: Context, data: string | undefined): Promise<Self> {
  const id = await idInFolder(context, data);
  if (id !== undefined) return { id };
  return withServer(context, { as: 'anyone', deadline: 'command' }, ({ client, signal }) =>
    client.request('server.self', {}, { signal }),
  );
}

async function idInFolder({ shell, server }: Context, data: string | undefined): Promise<string | undefined> {
  if (data === undefined && server !== undefined) return undefined;
  const folder = resolve(shell.folder, data ?? (shell.env.PARLEY_DATA || usualData));
  const { identityIn, StartError } = await import('@parley/server');
  try {
    const id = identityIn(folder);
    if (id === undefined && data !== undefined)
      throw new Failure(exits.forbidden, 'not-found', `${folder} holds no identity of a server`);
    return id;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new Failure(exits.failure, 'bad-identity', error.message, { cause: error });
  }
}

function idOfRunning(context: Context): Promise<string> {
  return withServer(context, { as: 'anyone', deadline: 'command' }, async ({ info }) => info.server.id);
}
