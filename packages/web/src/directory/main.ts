/** The page of a directory: the servers of the network as they come and go, told by its event stream. */
import '../styles/tokens.css';
import '../styles/base.css';
import './page.css';
import { ago, countOf } from '../ui/time.ts';
import { byId, element, icon } from './element.ts';
import { type Change, Network, type Server, titleOf } from './network.ts';
import { rowOf, timeOf } from './row.ts';

/** More rows than a person reads; who looks for one more finds it by its name. */
const mostRows = 500;
const mostLately = 30;
/** Changes are drawn and told together, so that a thousand joins are one. */
const drawMs = 200;
const clockMs = 30_000;

let network = new Network();
/** The list after a connection, until it is whole. */
let fresh: Network | undefined;
/** What the clock of the directory is ahead of this one. */
let aheadMs = 0;
let changedAt: number | undefined;
let isDrawing = false;
const told: string[] = [];
const verbs: Record<Change, string> = { joined: 'joined', changed: 'changed what it says of itself', left: 'left' };

const nowThere = (): number => Date.now() + aheadMs;
const find = byId<HTMLInputElement>('find');

function draw(): void {
  isDrawing = false;
  const now = nowThere();
  const servers = network.sorted(find.value);
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.copy : undefined;
  byId('rows').replaceChildren(...servers.slice(0, mostRows).map((server) => rowOf(server, network, now)));
  if (focused) document.querySelector<HTMLElement>(`[data-copy="${CSS.escape(focused)}"]`)?.focus();
  const here = network.count(({ present }) => present);
  byId('here').textContent = countOf(here);
  byId('known').textContent = `of ${countOf(network.size)}`;
  byId('relayed').textContent = countOf(
    network.count(({ present, addresses, relays }) => present && addresses.length === 0 && relays.length > 0),
  );
  byId('changed').replaceChildren(changedAt === undefined ? 'none yet' : timeOf(changedAt, now));
  byId('empty').hidden = network.size > 0;
  byId('servers').hidden = network.size === 0;
  const more = byId('more');
  more.hidden = servers.length > 0 && servers.length <= mostRows;
  if (network.size === 0) more.hidden = true;
  more.textContent =
    servers.length === 0 ? 'No server fits.' : `${countOf(servers.length - mostRows)} more: find them by name.`;
  if (told.length > 0) byId('told').textContent = told.length > 3 ? `${told.length} servers changed` : told.join(', ');
  told.length = 0;
}

function drawSoon(): void {
  if (!isDrawing) window.setTimeout(draw, drawMs);
  isDrawing = true;
}

function tell(change: Change, server: Server): void {
  const at = nowThere();
  changedAt = at;
  const title = titleOf(server);
  const line = element(
    'li',
    { class: change },
    icon(change),
    element('span', {}, element('bdi', { class: 'name' }, title), ` ${verbs[change]}`),
    timeOf(at, at),
  );
  const lately = byId('lately');
  lately.prepend(line);
  while (lately.children.length > mostLately) lately.lastElementChild?.remove();
  byId('quiet').hidden = true;
  if (change !== 'changed') told.push(`${title} ${verbs[change]}`);
}

/** Told while the list is still coming, it is part of the list. */
function take(change: Change, server: Server): void {
  fresh?.put(server);
  if (!network.put(server) || fresh) return;
  tell(change, server);
  drawSoon();
}

function live(text: string, isLive: boolean): void {
  const pill = byId('live');
  pill.textContent = text;
  pill.classList.toggle('here', isLive);
  pill.classList.toggle('relayed', !isLive);
}

function listen(): void {
  const events = new EventSource('/events');
  const on = <T>(event: string, take: (data: T) => void): void =>
    events.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T));
  on<{ network: string; now: number }>('start', (start) => {
    fresh = new Network();
    aheadMs = start.now - Date.now();
    byId('network').textContent = start.network;
  });
  on<Server[]>('servers', (servers) => {
    for (const server of servers) fresh?.put(server);
  });
  on('ready', () => {
    network = fresh ?? network;
    fresh = undefined;
    live('Live', true);
    draw();
  });
  on<Server>('joined', (server) => take('joined', server));
  on<Server>('changed', (server) => take('changed', server));
  on<{ server: string; revision: number; seenAt: number }>('left', ({ server, revision, seenAt }) => {
    fresh?.left(server, revision, seenAt);
    const gone = network.left(server, revision, seenAt);
    if (!gone || fresh) return;
    tell('left', gone);
    drawSoon();
  });
  events.addEventListener('error', () => live('Connecting again', false));
}

find.addEventListener('input', draw);
byId('rows').addEventListener('click', ({ target }) => {
  const key = target instanceof Element ? target.closest<HTMLElement>('[data-copy]')?.dataset.copy : undefined;
  if (key === undefined) return;
  // Over plain HTTP there is no clipboard; the title shows the whole key.
  navigator.clipboard?.writeText(key).then(
    () => {
      byId('told').textContent = 'Key copied';
    },
    () => undefined,
  );
});
window.setInterval(() => {
  const now = nowThere();
  for (const time of document.querySelectorAll<HTMLElement>('time[data-at]'))
    time.textContent = ago(Number(time.dataset.at), now);
}, clockMs);
byId('own').textContent = location.origin;
listen();
