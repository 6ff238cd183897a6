/** Invites to the server, for operators: where sign-up is not open an account needs one. */
import { dateTime } from '@parley/terminal';
import { readDuration } from '../duration.ts';
import { usage } from '../exit.ts';
import { withServer } from '../session/connect.ts';
import { command } from './command.ts';

const usualUses = '1';
const usualLife = '7d';

export const inviteCreate = command({
  name: 'invites create',
  group: 'Server',
  about: 'Makes an invite to the server and prints its code.',
  examples: ['parley invites create --uses 20 --expires 2d', 'parley register bob --invite CODE'],
  arguments: [],
  options: {
    uses: { value: 'N', about: `How many accounts it is good for; ${usualUses} is usual.` },
    expires: { value: 'TIME', about: `How long it is good; ${usualLife} is usual.` },
  },
  async run(context, { options }) {
    const uses = /^[1-9]\d{0,3}$/.test(options.uses ?? usualUses) ? Number(options.uses ?? usualUses) : 0;
    if (uses < 1 || uses > 1_000) throw usage('--uses is 1 to 1000');
    const expiresMs = readDuration(options.expires ?? usualLife);
    if (expiresMs === undefined || expiresMs < 60_000) throw usage('--expires is a time of a minute or more, as 2d');
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const { code, usesLeft, expiresAt } = await client.request('invite.create', { uses, expiresMs }, { signal });
      if (context.json) await context.printJson({ code, usesLeft, expiresAt: new Date(expiresAt).toISOString() });
      else await context.print(code);
    });
  },
});

export const inviteList = command({
  name: 'invites list',
  group: 'Server',
  about: 'Lists the invites that can still be used.',
  arguments: [],
  options: {},
  async run(context) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      const { invites } = await client.request('invite.list', {}, { signal });
      for (const { code, usesLeft, expiresAt } of invites) {
        if (context.json) await context.printJson({ code, usesLeft, expiresAt: new Date(expiresAt).toISOString() });
        else await context.print(`${code}  ${usesLeft} left, until ${dateTime(expiresAt)}`);
      }
    });
  },
});

export const inviteRevoke = command({
  name: 'invites revoke',
  group: 'Server',
  about: 'Ends an invite.',
  arguments: [{ name: 'CODE', about: 'As parley invites list shows it.' }],
  options: {},
  async run(context, { arguments: [code = ''] }) {
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      await client.request('invite.revoke', { code }, { signal });
      if (context.json) await context.printJson({ code, revoked: true });
      else context.say(`ended the invite ${code}`);
    });
  },
});
