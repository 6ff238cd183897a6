/** Invites to this server. */
import { type Handlers, type Protocol, Refusal, toBase32 } from '@parley/protocol';
import type { Context } from '../context.ts';

const most = 200;

export const invite: Handlers<Protocol['invite'], Context> = {
  async create({ store, runtime }, { uses, expiresMs }) {
    const now = runtime.now();
    if ((await store.invite.usable(now, most)).length >= most) throw new Refusal('too-many');
    const made = {
      code: toBase32(runtime.randomBytes(15)),
      usesLeft: uses,
      expiresAt: now + expiresMs,
      createdAt: now,
    };
    await store.invite.insert(made);
    return made;
  },
  async list({ store, runtime }) {
    const invites = await store.invite.usable(runtime.now(), most);
    return { invites: invites.map((invite) => ({ ...invite })) };
  },
  async revoke({ store }, { code }) {
    if (!(await store.invite.remove(code))) throw new Refusal('not-found');
    return {};
  },
};
