/** The app over sample data: `dev.html?rooms=none&signedIn=no&offline=1#/r/ops`. */
import '../styles/tokens.css';
import '../styles/base.css';
import { createRoot } from 'react-dom/client';
import { App } from '../App.tsx';
import { createServices } from '../service/services.tsx';
import { createFakeClient, type FakeOptions } from './fake.ts';

const query = new URLSearchParams(location.search);
const options: FakeOptions = {
  signedIn: query.get('signedIn') !== 'no',
  signUp: query.get('signUp') === 'invite' ? 'invite' : 'open',
  rooms: query.get('rooms') === 'none' ? 'none' : 'many',
  pending: query.get('pending') !== 'no',
  ...(query.has('user') ? { serverRole: 'user' as const } : {}),
  ...(query.has('guest') ? { kind: 'guest' as const, serverRole: 'user' as const } : {}),
  ...(query.has('offline') ? { status: { state: 'offline', retryAt: Date.now() + 12_000 } } : {}),
  ...(query.has('closed') ? { status: { state: 'closed', code: 'session-ended' } } : {}),
  ...(query.has('connecting') ? { status: { state: 'connecting', attempt: 1 } } : {}),
};
const client = createFakeClient(options);
Object.assign(window, { client });
createRoot(document.getElementById('root') as HTMLElement).render(<App client={client} services={createServices()} />);
