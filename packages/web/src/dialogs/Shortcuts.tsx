import type { KeyBinding } from '../service/keys.ts';
import { Kbd } from '../ui/Kbd.tsx';
import styles from './Dialogs.module.css';

/** Keys that browsers or widgets give, not the registry. */
const given: { group: string; keys: string; about: string }[] = [
  { group: 'Writing', keys: 'Enter', about: 'Send' },
  { group: 'Writing', keys: 'shift+Enter', about: 'New line' },
  { group: 'Writing', keys: '@', about: 'Name a person' },
  { group: 'Writing', keys: '#', about: 'Name a room' },
  { group: 'Writing', keys: '/', about: 'Commands' },
  { group: 'Everywhere', keys: 'Escape', about: 'One step back' },
  { group: 'Everywhere', keys: 'Tab', about: 'To the next part' },
  { group: 'Everywhere', keys: 'F6', about: 'To the notes at the foot' },
];

export function Shortcuts(props: {
  bindings: readonly KeyBinding[];
  shown(keys: string): string;
  heading: 'h2' | 'h3';
}) {
  const { bindings, shown, heading: Heading } = props;
  const groups = new Map<string, Map<string, string>>();
  for (const { group = 'Everywhere', keys, about = '' } of [...bindings, ...given]) {
    const name = group === 'Anywhere' ? 'Everywhere' : group;
    const rows = groups.get(name) ?? new Map<string, string>();
    if (!rows.has(about)) rows.set(about, shown(keys));
    groups.set(name, rows);
  }
  return (
    <div className={styles.shortcuts}>
      {[...groups].map(([group, rows]) => (
        <section key={group}>
          <Heading>{group}</Heading>
          <dl>
            {[...rows].map(([about, keys]) => (
              <div key={about}>
                <dt>{about}</dt>
                <dd>
                  <Kbd keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
