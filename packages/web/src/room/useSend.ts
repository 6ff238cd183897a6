import type { Client, MessageRow, Room } from '@parley/client';
import { type Command, isCommand, parseLine, plainText, run } from '@parley/client/command';
import type { Content } from '@parley/protocol';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { useShell } from '../shell/actions.ts';
import { explain } from '../ui/explain.ts';
import { roomKey } from '../ui/name.ts';
import type { Mode } from './ComposerMode.tsx';
import type { RoomPeople } from './people.ts';

export interface SendPorts {
  client: Client;
  room: Room;
  people: RoomPeople;
  /** The end of the list is to be shown: something of one's own stands there. */
  toEnd(): void;
  help(command: Command | undefined): void;
}

/** Takes what was written: a message, an answer, an edit or a command. False when it cannot be taken as it is. */
export function useSend({ client, room, people, toEnd, help }: SendPorts) {
  const { toasts } = useServices();
  const shell = useShell();
  const refused = (error: unknown) => void toasts.show({ text: explain(error), tone: 'bad' });
  const command = (text: string, target: MessageRow | undefined): boolean => {
    const parsed = parseLine(text);
    if (parsed.kind === 'usage') {
      toasts.show({ text: parsed.text, tone: 'bad' });
      return false;
    }
    if (parsed.command.name === 'leave') {
      shell.leave(room.id);
      return true;
    }
    const ref = target && { user: target.user, clientId: target.clientId };
    void run(client, room, text, ref ? { target: ref } : {}).then((result) => {
      if (result.kind === 'opened') navigate({ at: 'room', room: roomKey(result.room.summary.get()) });
      else if (result.kind === 'listening') navigate({ at: 'channel', channel: result.channel.name });
      else if (result.kind === 'help') help(result.command);
      else if (result.kind === 'usage') toasts.show({ text: result.text, tone: 'bad' });
      else if (result.kind === 'refused') refused(result.refusal);
      else if (parsed.command.name === 'me') toEnd();
    });
    return true;
  };
  return (text: string, mode: Mode, picked: ReadonlyMap<string, string>): boolean => {
    if (mode.type === 'edit') {
      if (text !== mode.row.body?.text) void edit(mode.row, text, picked).catch(refused);
      return true;
    }
    if (isCommand(text)) return command(text, mode.type === 'reply' ? mode.row : undefined);
    // A refusal stands in the row itself.
    void room.send(contentOf(plainText(text), mode, picked)).catch(() => undefined);
    toEnd();
    return true;
  };

  function contentOf(text: string, mode: Mode, picked: ReadonlyMap<string, string>): string | Content {
    const mentions = people.mentionsIn(text, picked);
    const replyTo = mode.type === 'reply' ? { user: mode.row.user, clientId: mode.row.clientId } : undefined;
    if (mentions.length === 0 && !replyTo) return text;
    if (replyTo && replyTo.user !== client.me.get()?.user && !mentions.includes(replyTo.user))
      mentions.push(replyTo.user);
    return { text, ...(replyTo ? { replyTo } : {}), ...(mentions.length > 0 ? { mentions } : {}) };
  }

  function edit(row: MessageRow, text: string, picked: ReadonlyMap<string, string>) {
    const { mentions: before = [], ...rest } = row.body ?? { text };
    const mentions = [...new Set([...people.mentionsIn(text, picked), ...before])];
    const body: Content = { ...rest, text, ...(mentions.length > 0 ? { mentions } : {}) };
    return room.edit({ user: row.user, clientId: row.clientId }, body);
  }
}
