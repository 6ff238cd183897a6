/** The address of a server in one spelling, because the profile knows servers by it. */
import { usage } from '../exit.ts';

export const defaultServer = 'http://localhost:8080';

const schemes: Readonly<Record<string, string>> = { 'ws:': 'http:', 'wss:': 'https:' };

/** `chat.example.org:8080` and `ws://chat.example.org:8080/` are `http://chat.example.org:8080`. Throws a usage failure. */
export function serverUrl(typed: string): string {
  const url = read(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`);
  if (!url || !['http:', 'https:', 'tcp:', 'tcps:'].includes(url.protocol) || url.hostname === '')
    throw usage(`“${typed}” is no address of a server: write http://HOST:PORT`);
  if (url.username || url.password) throw usage('a server address holds no name or password: use parley login');
  if (url.search || url.hash) throw usage(`“${typed}” is no address of a server: it has a ? or #`);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function read(text: string): URL | undefined {
  const url = URL.parse(text);
  const scheme = url && schemes[url.protocol];
  if (!scheme) return url ?? undefined;
  return URL.parse(scheme + text.slice(text.indexOf(':') + 1)) ?? undefined;
}
