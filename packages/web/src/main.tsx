/** Starts the app: one client over a WebSocket to the server that served this page, kept in the browser's database. */
import './styles/tokens.css';
import './styles/base.css';
import { createClient, machineRuntime, memoryStore, type Store } from '@parley/client';
import { openIndexedDbStore } from '@parley/client/indexeddb';
import { dial } from '@parley/link/websocket-browser';
import { createRoot } from 'react-dom/client';
import { App, Enter } from './App.tsx';
import { dialAhead, readAhead } from './platform/ahead.ts';
import { followAttention } from './platform/attention.ts';
import { takeClaim } from './platform/claim.ts';
import { deviceName } from './platform/device.ts';
import { registerWorker } from './platform/register-worker.ts';
import { createServices } from './service/services.tsx';
import { RoomScreen } from './shell/RoomPlace.tsx';
import { lastRoom } from './shell/useShellEffects.ts';

/** Where the browser keeps nothing, the session lasts as long as the page. */
const openStore = (): Promise<Store> => openIndexedDbStore('parley').catch(() => memoryStore());

async function start(root: HTMLElement): Promise<void> {
  // Loads beside the database: who was here before goes on in a room, who was not signs in.
  const room = lastRoom();
  (room ? RoomScreen : Enter).preload().catch(() => undefined);
  const { protocol, host } = location;
  const server = dialAhead(dial(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws`, { encoding: 'cbor' }));
  const claim = takeClaim();
  const services = createServices();
  const client = createClient({
    dial: server,
    store: await openStore(),
    runtime: machineRuntime,
    name: 'web/0.1.0',
    device: deviceName(navigator.userAgent),
  });
  readAhead(client, room);
  client.start().catch((error: unknown) => console.warn(error));
  createRoot(root).render(<App client={client} services={services} claim={claim} />);
  followAttention(client);
  registerWorker(client, services.toasts);
}

const root = document.getElementById('root');
if (root) void start(root);
