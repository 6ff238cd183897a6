/** What every screen may use besides the client: shortcuts, notes, the voice for screen readers. Handed in once, at the root. */
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent } from 'react';
import { type Announcer, createAnnouncer } from './announcer.ts';
import { createKeyMailSlot, type KeyMailSlot, type OpenKeyMail } from './key-mail.ts';
import { createKeys, type KeyBinding, type Keys, shownKeys } from './keys.ts';
import { createOffers, type Offers } from './offers.ts';
import { createPreferences, type Preferences } from './preferences.ts';
import { createToasts, type Toasts } from './toasts.ts';

export interface Services {
  keys: Keys;
  toasts: Toasts;
  announcer: Announcer;
  offers: Offers;
  preferences: Preferences;
  keyMail: KeyMailSlot;
  mac: boolean;
}

/** @param openKeyMail as the app does it, unless given */
export function createServices(openKeyMail?: OpenKeyMail): Services {
  const mac = /Mac|iP(hone|ad)/.test(navigator.platform);
  return {
    keys: createKeys(window, mac),
    toasts: createToasts(),
    announcer: createAnnouncer(),
    offers: createOffers(),
    preferences: createPreferences(document.documentElement, () => localStorage),
    keyMail: createKeyMailSlot(openKeyMail),
    mac,
  };
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('ServicesProvider is missing');
  return services;
}

/** Binds a key while the component is shown and `enabled`. `run` may change without binding again. */
export function useKey(
  keys: string,
  run: (event: KeyboardEvent) => unknown,
  options: Omit<KeyBinding, 'keys' | 'run'> & { enabled?: boolean | undefined } = {},
): void {
  const registry = useServices().keys;
  const act = useEffectEvent(run);
  const { enabled = true, about, group, inFields, overDialogs, helpOnly } = options;
  useEffect(() => {
    if (!enabled) return;
    return registry.bind({ keys, about, group, inFields, overDialogs, helpOnly, run: (event) => act(event) });
  }, [registry, keys, enabled, about, group, inFields, overDialogs, helpOnly]);
}

/** `mod+k` as the keys of this machine are called. */
export function useShownKeys(): (keys: string) => string {
  const { mac } = useServices();
  return (keys) => shownKeys(keys, mac);
}
