import type { CompletionItem } from '@parley/client/command';
import { Avatar } from '../ui/Avatar.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { shownName } from '../ui/name.ts';
import styles from './Composer.module.css';
import { hitIn } from './fold.ts';
import type { Choice, Completion } from './useCompletion.ts';

const labels: Record<CompletionItem['kind'], string> = {
  person: 'People',
  room: 'Rooms',
  command: 'Commands',
  emoji: 'Emoji',
  role: 'Roles',
};

/** The popup over the composer. The focus stays in the field. */
export function Completions(props: { id: string; completion: Completion; onTake(index: number): void }) {
  const { id, completion, onTake } = props;
  const { choices, index, query, choose } = completion;
  const [first] = choices;
  if (!first) return null;
  return (
    <div className={styles.popup}>
      <div role="listbox" id={`${id}-list`} aria-label={`${labels[first.item.kind]} that match ${query}`}>
        {choices.map((choice, at) => (
          <div
            key={choice.item.insert}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === index}
            className={styles.option}
            onPointerMove={() => choose(at)}
            onPointerDown={(event) => {
              // The field keeps the focus.
              event.preventDefault();
              onTake(at);
            }}
          >
            <ChoiceView choice={choice} query={query} />
          </div>
        ))}
      </div>
      <p className={styles.popupKeys} aria-hidden="true">
        <Kbd keys="↑ ↓" /> choose <Kbd keys="Tab" /> take it <Kbd keys="Esc" /> close
      </p>
    </div>
  );
}

function ChoiceView({ choice: { item, person }, query }: { choice: Choice; query: string }) {
  const { label, detail } = item;
  if (person)
    return (
      <>
        <Avatar id={person.id} name={shownName(person)} size="sm" />
        <b>
          <bdi>{shownName(person)}</bdi>
        </b>
        <span className={styles.args}>
          <Marked text={label} query={query} />
        </span>
        <span className={styles.about} />
        {person.kind === 'bot' && <Tag>bot</Tag>}
      </>
    );
  const [word = '', ...rest] = label.split(' ');
  const args = rest.join(' ');
  switch (item.kind) {
    case 'command':
      return (
        <>
          <code>
            /<Marked text={word.slice(1)} query={query} />
          </code>
          <span className={styles.args}>{args.toLowerCase()}</span>
          <span className={styles.about}>{detail}</span>
        </>
      );
    case 'room':
      return (
        <>
          <span className={styles.sign}>#</span>
          <b>
            <Marked text={label.slice(1)} query={query} />
          </b>
          <span className={styles.about}>{detail}</span>
        </>
      );
    case 'emoji':
      return (
        <>
          <span className={styles.sign}>{word}</span>
          <span>
            <Marked text={args} query={query} />
          </span>
        </>
      );
    default:
      return (
        <>
          <b>
            <Marked text={label} query={query} />
          </b>
          <span className={styles.about}>{detail}</span>
        </>
      );
  }
}

function Marked({ text, query }: { text: string; query: string }) {
  const { from, to } = hitIn(text, query);
  return (
    <>
      {text.slice(0, from)}
      {to > from && <mark>{text.slice(from, to)}</mark>}
      {text.slice(to)}
    </>
  );
}
