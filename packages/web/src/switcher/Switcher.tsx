import { Autocomplete } from '@base-ui/react/autocomplete';
import Search from 'lucide-react/icons/search';
import X from 'lucide-react/icons/x';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { navigate } from '../route.ts';
import type { OverlayProps } from '../shell/overlay.ts';
import { IconButton } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { roomKey } from '../ui/name.ts';
import { useReadable } from '../ui/useReadable.ts';
import { HitRow } from './HitRow.tsx';
import { askServer, type Hit, type HitGroup, hitsOf, type Remote } from './hits.ts';
import { readQuery } from './match.ts';
import styles from './Switcher.module.css';
import { useCommands } from './useCommands.ts';
import { useEnter } from './useEnter.ts';
import { useWriteTo } from './useWriteTo.ts';

/** What the server knows, and what was typed when it was asked. */
type Answer = Remote & { typed: string };
const nothing: Answer = { rooms: [], people: [], typed: '' };
/** Waits for a pause in typing before the server is asked. */
const askAfterMs = 120;

/** Ctrl+K: rooms, people and commands by a few letters. */
export function Switcher({ client, me, close, begin = '' }: OverlayProps & { begin?: string }) {
  const writeTo = useWriteTo(client);
  const [typed, setTyped] = useState(begin);
  const rooms = useReadable(client.rooms);
  const channels = useReadable(client.channels, (joined) => joined.map(({ name }) => name).join(' '));
  const listened = useMemo(() => channels.split(' ').filter(Boolean), [channels]);
  const commands = useCommands(client, me);
  const remote = useRemote(client, typed, me.kind === 'guest');
  const query = useDeferredValue(typed);
  const groups = useMemo(
    () => hitsOf(query, rooms, remote, commands, listened),
    [query, rooms, remote, commands, listened],
  );
  const input = useRef<HTMLInputElement>(null);
  const choose = (hit: Hit) => {
    close();
    if (hit.type === 'command') setTimeout(hit.command.run);
    else if (hit.type === 'room') navigate({ at: 'room', room: roomKey(hit.summary) });
    else if (hit.type === 'public') navigate({ at: 'room', room: roomKey(hit.room) });
    else if (hit.type === 'channel') navigate({ at: 'channel', channel: hit.name });
    else if (hit.type === 'key') navigate({ at: 'key', key: hit.address });
    else if (hit.type === 'address') navigate({ at: 'room', room: hit.label.slice(1) });
    else writeTo(hit.person.id);
  };
  const enter = useEnter({
    typed,
    shown: query,
    asking: remote.typed !== typed,
    first: () => hitsOf(typed, rooms, remote, commands, listened)[0]?.items[0],
    choose,
  });
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title="Jump to" bare width="wide" initialFocus={input}>
      <Autocomplete.Root
        open
        inline
        items={groups}
        filter={null}
        autoHighlight="always"
        keepHighlight
        value={typed}
        onValueChange={(value, details) => details.reason !== 'item-press' && setTyped(value)}
        itemToStringValue={(hit: Hit) => hit.id}
        onItemHighlighted={enter.onHighlight}
      >
        <div className={styles.input}>
          <Search />
          <Autocomplete.Input
            ref={input}
            aria-label="Jump to a room, person or command"
            placeholder="Jump to…"
            onKeyDown={(event) => {
              if (!isPlainEnter(event)) return;
              event.preventBaseUIHandler();
              event.preventDefault();
              enter.press();
            }}
          />
          <kbd>Esc</kbd>
          <IconButton label="Close" className={styles.close} onClick={close}>
            <X />
          </IconButton>
        </div>
        <Autocomplete.Empty className={styles.empty}>
          {enter.waiting ? 'Asking the server…' : emptyText(typed)}
        </Autocomplete.Empty>
        <Autocomplete.List className={styles.hits}>
          {(group: HitGroup) => (
            <Autocomplete.Group key={group.value} items={group.items}>
              <Autocomplete.GroupLabel className={styles.heading}>{group.value}</Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(hit: Hit) => (
                  <Autocomplete.Item key={hit.id} value={hit} className={styles.hit} onClick={() => choose(hit)}>
                    <HitRow client={client} hit={hit} query={readQuery(query).text} />
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
        <p className={styles.foot} aria-hidden="true">
          <span>
            <kbd>↑</kbd>
            <kbd>↓</kbd> choose
          </span>
          <span>
            <kbd>Enter</kbd> open
          </span>
          <span className="fill" />
          <span>
            <b>@</b> people
          </span>
          <span>
            <b>#</b> rooms
          </span>
          <span>
            <b>~</b> channels
          </span>
          <span>
            <b>/</b> commands
          </span>
        </p>
      </Autocomplete.Root>
    </Dialog>
  );
}

function isPlainEnter(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.keyCode === 229) return false;
  return !event.ctrlKey && !event.shiftKey && !event.altKey && !event.metaKey;
}

function emptyText(typed: string): string {
  const { only, text } = readQuery(typed);
  if (only === '~') return 'Type the name of a channel: letters, digits, . _ and -';
  if (only === '@' && text === '') return 'Type the beginning of a name.';
  return only === '@'
    ? `Nobody ${text.includes(':') ? 'there' : 'here'} is called ${text}.`
    : 'Nothing found. Public rooms of this server are searched too.';
}

function useRemote(client: Parameters<typeof askServer>[0], typed: string, guest: boolean): Answer {
  const [remote, setRemote] = useState(nothing);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const found = await askServer(client, typed, guest, stop.signal);
      if (!stop.signal.aborted) setRemote({ ...found, typed });
    }, askAfterMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, typed, guest]);
  return remote;
}
