/** One server as a row of the table. */
import { ago, fullTime } from '../ui/time.ts';
import { element, icon } from './element.ts';
import { type Network, type Server, shortKey, titleOf } from './network.ts';

export function rowOf(server: Server, network: Network, now: number): HTMLElement {
  return element(
    'div',
    { role: 'row', class: server.present ? 'row-here' : 'row-away', 'data-server': server.server },
    element('div', { role: 'cell', class: 'who' }, ...whoOf(server, network)),
    element('div', { role: 'cell' }, stateOf(server)),
    element('div', { role: 'cell', class: 'where', 'data-label': 'Addresses' }, ...whereOf(server, network)),
    element('div', { role: 'cell', class: 'when', 'data-label': 'Since' }, timeOf(server.joinedAt, now)),
    element(
      'div',
      { role: 'cell', class: 'when', 'data-label': 'Last seen' },
      server.present ? 'now' : timeOf(server.seenAt, now),
    ),
  );
}

function whoOf({ name, server }: Server, network: Network): (HTMLElement | string | undefined)[] {
  const claims = name === null ? 0 : network.claimsOf(name);
  return [
    element('bdi', { class: 'name' }, titleOf({ name, server })),
    name === null ? element('span', { class: 'meta' }, 'no name') : undefined,
    claims > 1 ? element('span', { class: 'meta twice' }, `claimed by ${claims} servers`) : undefined,
    element(
      'button',
      { type: 'button', class: 'key', title: server, 'data-copy': server },
      element('span', { class: 'sr' }, `Copy the key of ${titleOf({ name, server })}: `),
      shortKey(server),
    ),
  ];
}

function stateOf({ present, relays, addresses }: Server): HTMLElement {
  if (!present) return element('span', { class: 'pill away' }, icon('away'), 'Away');
  const isRelayed = addresses.length === 0 && relays.length > 0;
  return isRelayed
    ? element('span', { class: 'pill relayed' }, icon('relayed'), 'Here, by relay')
    : element('span', { class: 'pill here' }, icon('here'), 'Here');
}

function whereOf({ addresses, relays }: Server, network: Network): (HTMLElement | string)[] {
  const through = relays.map((relay) => {
    const known = network.get(relay);
    return element('span', {}, 'through ', element('bdi', {}, known ? titleOf(known) : `key ${shortKey(relay)}`));
  });
  const direct = addresses.map((url) => element('bdi', {}, url));
  return direct.length + through.length > 0 ? [...direct, ...through] : ['none: it dials out'];
}

export function timeOf(at: number, now: number): HTMLElement {
  const date = new Date(at).toISOString();
  return element('time', { datetime: date, title: fullTime(at), 'data-at': String(at) }, ago(at, now));
}
