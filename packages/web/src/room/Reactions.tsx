import type { MessageRow, ReactionGroup } from '@parley/client';
import SmilePlus from 'lucide-react/icons/smile-plus';
import { nameOf, useRoomContext } from './context.ts';
import { reactorsInWords } from './list.ts';
import { may, mutedUntil } from './may.ts';
import styles from './Row.module.css';

/** Chips under a message: how many, who on hover and focus; one's own is pressed. */
export function Reactions({ row, active }: { row: MessageRow; active: boolean }) {
  const { room, pickReaction } = useRoomContext();
  const { view } = room.summary.get();
  const allowed = row.seq !== undefined && may(view, 'react') && mutedUntil(view, Date.now()) === undefined;
  return (
    <div className={styles.reactions}>
      {row.reactions.map((group) => (
        <Chip key={group.emoji} row={row} group={group} allowed={allowed} />
      ))}
      {active && allowed && (
        <button
          type="button"
          tabIndex={-1}
          className={`${styles.chip} ${styles.add}`}
          aria-label="Add a reaction"
          data-tip="Add a reaction"
          onClick={(event) => pickReaction(row, event.currentTarget)}
        >
          <SmilePlus aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

function Chip({ row, group, allowed }: { row: MessageRow; group: ReactionGroup; allowed: boolean }) {
  const { me, toggle, client } = useRoomContext();
  const people = group.people.map(({ user, name }) => ({ user, name: nameOf(client, user, name) }));
  const who = reactorsInWords(people, me);
  const mine = group.mine !== undefined;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.chip}
      aria-pressed={mine}
      aria-disabled={!(allowed || mine)}
      aria-label={`${group.emoji} ${group.people.length}: ${who}`}
      data-tip={who}
      onClick={() => {
        if (allowed || mine) toggle(row, group);
      }}
    >
      <span className={styles.emoji}>{group.emoji}</span>
      <span>{group.people.length}</span>
    </button>
  );
}
