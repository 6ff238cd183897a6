/** What was said where nobody can be called and no room is meant. */
import type { Client } from '@parley/client';
import { useLayoutEffect, useMemo, useRef } from 'react';
import body from '../room/Body.module.css';
import { bodyFragment, type Reader } from '../room/fragment.ts';
import { reachScrollers } from '../room/reach.ts';
import { nameColor } from '../ui/name.ts';

export interface LineWordsProps {
  client: Client;
  text: string;
  /** Who does it, where the words are a deed: `/me waves`. */
  actor?: { user: string; name: string } | undefined;
}

export function LineWords({ client, text, actor }: LineWordsProps) {
  const box = useRef<HTMLDivElement>(null);
  const content = useMemo(() => ({ text }), [text]);
  const { user, name } = actor ?? {};
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const fragment = bodyFragment(content, readerOf(client));
    if (user !== undefined && name !== undefined) {
      const doer = document.createElement('bdi');
      doer.className = `${body.actor} ${nameColor(user)}`;
      doer.textContent = name;
      const first = fragment.firstElementChild;
      (first?.tagName === 'P' ? first : fragment).prepend(doer, ' ');
    }
    element.replaceChildren(fragment);
    if (element.querySelector('pre, [role="group"]')) reachScrollers(element);
  }, [client, content, user, name]);
  return <div ref={box} className={`${body.body} ${actor ? body.action : ''}`} />;
}

const readerOf = (client: Client): Reader => ({
  me: undefined,
  nameOf: () => undefined,
  hashOf: () => undefined,
  serverOf: (user) => client.servers.labelOf(user, undefined),
});
