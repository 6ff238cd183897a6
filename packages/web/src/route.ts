/** Where one is, kept in the hash, so that links reach everything and Back goes back. */
import { readKeyAddress } from '@parley/protocol';
import { useSyncExternalStore } from 'react';

export const panes = ['members', 'pins'] as const;
export type Pane = (typeof panes)[number];
export const settingsPages = [
  'profile',
  'privacy',
  'sessions',
  'appearance',
  'shortcuts',
  'invites',
  'federation',
  'notice',
] as const;
export type SettingsPage = (typeof settingsPages)[number];

export type Route =
  | { at: 'home' }
  /** By alias without `#`, or id; `seq` is the entry to show. */
  | { at: 'room'; room: string; seq?: number; pane?: Pane }
  /** An ephemeral channel, without `~`. */
  | { at: 'channel'; channel: string }
  /** Messages to keys; `key` is the address of the other one, with `key:`. */
  | { at: 'key'; key?: string }
  | { at: 'settings'; page?: SettingsPage }
  | { at: 'enter'; way: 'sign-in' | 'sign-up' | 'guest' | 'key'; invite?: string };

/** Reads a hash such as `#/r/ops/42?pane=members`. What it does not know is home. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, second = '', third = ''] = path.split('/').map(decode);
  if (first === 'r' && second) {
    const seq = /^\d{1,15}$/.test(third) ? { seq: Number(third) } : {};
    const pane = panes.find((name) => name === new URLSearchParams(query).get('pane'));
    return { at: 'room', room: second, ...seq, ...(pane ? { pane } : {}) };
  }
  if (first === 'c' && second) return { at: 'channel', channel: second };
  if (first === 'k') return readKeyAddress(`key:${second}`) ? { at: 'key', key: `key:${second}` } : { at: 'key' };
  if (first === 'settings') {
    const page = settingsPages.find((name) => name === second);
    return page ? { at: 'settings', page } : { at: 'settings' };
  }
  if (first === 'invite' && second) return { at: 'enter', way: 'sign-up', invite: second };
  if (first === 'sign-in-by-key') return { at: 'enter', way: 'key' };
  if (first === 'sign-in' || first === 'sign-up' || first === 'guest') return { at: 'enter', way: first };
  return { at: 'home' };
}

export function hashOf(route: Route): string {
  switch (route.at) {
    case 'home':
      return '#/';
    case 'room':
      return `#/r/${encodeURIComponent(route.room)}${route.seq === undefined ? '' : `/${route.seq}`}${route.pane ? `?pane=${route.pane}` : ''}`;
    case 'channel':
      return `#/c/${encodeURIComponent(route.channel)}`;
    case 'key':
      return route.key === undefined ? '#/k' : `#/k/${route.key.slice('key:'.length)}`;
    case 'settings':
      return route.page ? `#/settings/${route.page}` : '#/settings';
    case 'enter':
      if (route.way === 'key') return '#/sign-in-by-key';
      return route.invite ? `#/invite/${encodeURIComponent(route.invite)}` : `#/${route.way}`;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const changed = 'parley:route';

/** Goes somewhere. `replace` leaves no way back to where one is. */
export function navigate(route: Route, options: { replace?: boolean } = {}): void {
  const hash = hashOf(route);
  if (hash === location.hash) return;
  const depth = depthNow();
  if (options.replace) history.replaceState({ depth }, '', hash);
  else history.pushState({ depth: depth + 1 }, '', hash);
  dispatchEvent(new Event(changed));
}

/** One step back when that stays inside the app, else to `parent`. */
export function goBack(parent: Route): void {
  if (depthNow() > 0) history.back();
  else navigate(parent, { replace: true });
}

/** Makes links inside the app steps that Back undoes one by one; returns what stops it. */
export function followLinks(target: Document): () => void {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.origin !== location.origin || link.pathname !== location.pathname) return;
    if (!link.hash.startsWith('#/')) return;
    event.preventDefault();
    navigate(parseRoute(link.hash));
  };
  target.addEventListener('click', follow);
  return () => target.removeEventListener('click', follow);
}

function depthNow(): number {
  const state: unknown = history.state;
  const depth = typeof state === 'object' && state !== null && 'depth' in state ? state.depth : 0;
  return typeof depth === 'number' ? depth : 0;
}

function subscribe(listener: () => void): () => void {
  const events = ['popstate', 'hashchange', changed];
  for (const event of events) addEventListener(event, listener);
  return () => {
    for (const event of events) removeEventListener(event, listener);
  };
}

let last: { hash: string; route: Route } | undefined;
function current(): Route {
  if (last?.hash !== location.hash) last = { hash: location.hash, route: parseRoute(location.hash) };
  return last.route;
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current);
