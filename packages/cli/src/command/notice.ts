/** What those who run a server say to everybody on it. */
import { limits, type ServerNotice } from '@parley/protocol';
import { cleanText, dateTime } from '@parley/terminal';
import type { Context } from '../context.ts';
import { usage } from '../exit.ts';
import { withServer } from '../session/connect.ts';
import { command } from './command.ts';
import { textOf } from './send.ts';

export const notice = command({
  name: 'notice',
  group: 'Server',
  about: 'Shows a notice to everybody on this server, or without TEXT prints the one that stands.',
  details:
    'It stands above what people read until it is withdrawn or another takes its place. Everybody sees it who is signed in\nor signs in while it stands, guests too; only those who run the server may set it.',
  examples: ["parley notice 'Down for ten minutes at 22:00 UTC.'", 'parley notice', 'parley notice --withdraw'],
  arguments: [
    {
      name: 'TEXT',
      about: 'What to say; several words are joined. - takes it from stdin.',
      optional: true,
      rest: true,
    },
  ],
  options: { withdraw: { about: 'Takes away the one that stands.' } },
  async run(context, { arguments: words, options }) {
    if (options.withdraw && words.length > 0) throw usage('--withdraw takes no text');
    const text = words.length === 0 ? undefined : await textOf(context, words);
    if (text !== undefined && text.length > limits.notice)
      throw usage(`a notice has ${limits.notice} letters at the most; this one has ${text.length}`);
    await withServer(context, { as: 'account', deadline: 'command' }, async ({ client, signal }) => {
      if (options.withdraw) {
        await client.request('notice.withdraw', {}, { signal });
        if (context.json) await context.printJson({ notice: null });
        else context.say('withdrawn');
      } else if (text === undefined) {
        const { notice: standing } = await client.request('notice.get', {}, { signal });
        await print(context, standing);
      } else {
        const { notice: made } = await client.request('notice.set', { text }, { signal });
        if (context.json) await print(context, made);
        else context.say('everybody on this server sees it');
      }
    });
  },
});

async function print(context: Context, standing: ServerNotice | undefined): Promise<void> {
  if (context.json) {
    const { text, at } = standing ?? {};
    const since = at === undefined ? {} : { at: new Date(at).toISOString() };
    await context.printJson({ notice: text ?? null, ...since });
  } else if (standing) await context.print(`${dateTime(standing.at)}  ${cleanText(standing.text)}`);
  else context.say('no notice stands');
}
