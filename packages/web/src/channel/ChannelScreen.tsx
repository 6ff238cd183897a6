/** One ephemeral channel: what is heard now, and where one speaks. Nothing of it outlives the page. */
import type { Channel, ChannelSaid, Client } from '@parley/client';
import { isCommand, parseLine, plainText, run } from '@parley/client/command';
import { limits } from '@parley/protocol';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import EarOff from 'lucide-react/icons/ear-off';
import Users from 'lucide-react/icons/users';
import Wind from 'lucide-react/icons/wind';
import { useRef, useState } from 'react';
import styles from '../room/RoomScreen.module.css';
import { useTypeToWrite } from '../room/useTypeToWrite.ts';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { IconButton } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { roomKey } from '../ui/name.ts';
import { countOf } from '../ui/time.ts';
import { useReadable } from '../ui/useReadable.ts';
import own from './Channel.module.css';
import { ChannelLines, type LinesHandle } from './ChannelLines.tsx';
import { ChannelPeople } from './ChannelPeople.tsx';
import { LineComposer } from './LineComposer.tsx';
import { reachWords } from './lines.ts';
import { useAnnounceLines } from './useAnnounceLines.ts';

export interface ChannelScreenProps {
  client: Client;
  channel: Channel;
  onBack(): void;
  /** One listens no more. */
  onLeave(): void;
}

export function ChannelScreen({ client, channel, onBack, onLeave }: ChannelScreenProps) {
  const lines = useRef<LinesHandle>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const focus = () => field.current?.focus();
  const say = (text: string, action = false) => {
    // A refusal stands in the line itself.
    channel.send(text, { action }).catch(() => undefined);
    lines.current?.toEnd();
  };
  const again = (line: ChannelSaid) => {
    channel.discard(line.key);
    say(line.text, line.action);
  };
  const onSend = useCommands({ client, say, onLeave });
  useAnnounceLines(channel);
  useTypeToWrite(focus);
  return (
    <div className={styles.screen}>
      <main className={styles.main}>
        <ChannelHeader client={client} channel={channel} onBack={onBack} onLeave={onLeave} />
        <p className={own.banner} role="note">
          <Wind aria-hidden="true" />
          Nothing here is stored. Who listens now hears it, who comes later does not; servers on the way can read it.
        </p>
        <ChannelLines client={client} channel={channel} handle={lines} onAgain={again} onLeave={focus} />
        <LineComposer
          client={client}
          place={`~${channel.name}`}
          label={`Say something in ~${channel.name}`}
          hint="Said once, to whoever listens now."
          limit={limits.channelText}
          field={field}
          onSend={onSend}
        />
      </main>
    </div>
  );
}

function ChannelHeader({ client, channel, onBack, onLeave }: ChannelScreenProps) {
  const { here, servers } = useReadable(channel.reach);
  const [open, setOpen] = useState(false);
  const chip = useRef<HTMLButtonElement>(null);
  const labels = servers.map(({ id }) => {
    const { name, label } = client.servers.of(id);
    return name ?? `${label}…`;
  });
  return (
    <header className={styles.bar}>
      <IconButton label="Back to rooms" className={styles.back ?? ''} onClick={onBack}>
        <ChevronLeft />
      </IconButton>
      <div className={styles.title}>
        <h1>
          <span className={styles.hash} aria-hidden="true">
            ~
          </span>
          <bdi>{channel.name}</bdi>
        </h1>
        <p className={styles.topic}>{reachWords(here, labels)}</p>
      </div>
      <button
        ref={chip}
        type="button"
        className={styles.chip}
        aria-label={`Who is here: ${countOf(here)}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-tip="Who is here"
        onClick={() => setOpen(!open)}
      >
        <Users aria-hidden="true" />
        <span>{countOf(here)}</span>
      </button>
      <IconButton label="Stop listening" onClick={onLeave}>
        <EarOff />
      </IconButton>
      <ChannelPeople client={client} channel={channel} open={open} onOpenChange={setOpen} anchor={chip.current} />
    </header>
  );
}

/** What was written: words, a deed, or a command that needs no room. */
function useCommands(on: {
  client: Client;
  say(text: string, action?: boolean): void;
  onLeave(): void;
}): (text: string) => boolean {
  const { client, say, onLeave } = on;
  const { toasts } = useServices();
  const bad = (text: string) => void toasts.show({ text, tone: 'bad' });
  return (text) => {
    if (!isCommand(text)) {
      say(plainText(text));
      return true;
    }
    const parsed = parseLine(text);
    if (parsed.kind === 'usage') {
      bad(parsed.text);
      return false;
    }
    if (parsed.command.name === 'leave') onLeave();
    else if (parsed.command.name === 'me') say(parsed.values.action ?? '', true);
    else
      void run(client, undefined, text).then((result) => {
        if (result.kind === 'opened') navigate({ at: 'room', room: roomKey(result.room.summary.get()) });
        else if (result.kind === 'listening') navigate({ at: 'channel', channel: result.channel.name });
        else if (result.kind === 'usage') bad(result.text);
        else if (result.kind === 'refused') bad(explain(result.refusal));
      });
    return true;
  };
}
