import { useSyncExternalStore } from 'react';
import type { Look } from '../service/preferences.ts';
import { useServices } from '../service/services.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Radios } from '../ui/Field.tsx';
import { nameColor } from '../ui/name.ts';
import styles from './Settings.module.css';

type Options<K extends keyof Look> = readonly { value: Look[K]; label: string; note?: string }[];

const themes: Options<'theme'> = [
  { value: 'system', label: 'As the system', note: 'Follows day and night where the system does' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
const densities: Options<'density'> = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact', note: 'More lines, smaller faces' },
];
const contrasts: Options<'contrast'> = [
  { value: 'system', label: 'As the system' },
  { value: 'more', label: 'More contrast', note: 'Stronger text and edges' },
];
const motions: Options<'motion'> = [
  { value: 'system', label: 'As the system' },
  { value: 'reduced', label: 'Reduced', note: 'Nothing fades or moves by itself' },
];

/** How the app looks on this device; nothing of it is sent to the server. */
export function Appearance() {
  const { preferences } = useServices();
  const look = useSyncExternalStore(preferences.subscribe, preferences.get);
  return (
    <section className={styles.choices}>
      <p className={styles.about}>This holds for this browser only.</p>
      <Radios
        legend="Theme"
        name="theme"
        value={look.theme}
        onChange={(theme) => preferences.set({ theme })}
        options={themes}
      />
      <Radios
        legend="Density"
        name="density"
        value={look.density}
        onChange={(density) => preferences.set({ density })}
        options={densities}
      />
      <Sample />
      <Radios
        legend="Contrast"
        name="contrast"
        value={look.contrast}
        onChange={(contrast) => preferences.set({ contrast })}
        options={contrasts}
      />
      <Radios
        legend="Motion"
        name="motion"
        value={look.motion}
        onChange={(motion) => preferences.set({ motion })}
        options={motions}
      />
    </section>
  );
}

function Sample() {
  return (
    <figure className={styles.sample} aria-label="How messages look">
      <Avatar id="sample-kofi" name="Kofi" />
      <div>
        <p>
          <b className={nameColor('sample-kofi')}>Kofi</b>
        </p>
        <p>Fog since four. If it stays, the radio link goes first.</p>
        <p>I am on the east quay.</p>
      </div>
    </figure>
  );
}
