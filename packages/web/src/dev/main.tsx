/** The app over sample data: `?rooms=none`, `?signedIn=no`, `?offline` and so on, then the hash as in the app. */
import '../styles/tokens.css';
import '../styles/base.css';
import { createRoot } from 'react-dom/client';
import { App } from '../App.tsx';
import { takeClaim } from '../platform/claim.ts';
import { createServices } from '../service/services.tsx';
import { createFakeClient, type FakeOptions } from './fake.ts';
import { sampleKeyMail } from './keys.ts';

const query = new URLSearchParams(location.search);
const options: FakeOptions = {
  signedIn: query.get('signedIn') !== 'no',
  signUp: query.get('signUp') === 'invite' ? 'invite' : 'open',
  rooms: query.get('rooms') === 'none' ? 'none' : 'many',
  pending: query.get('pending') !== 'no',
  links: query.get('links') === 'none' ? 'none' : query.get('links') === 'refused' ? 'refused' : 'many',
  notice: query.has('notice'),
  known: query.get('server') !== 'none',
  ...(query.has('user') ? { serverRole: 'user' as const } : {}),
  ...(query.has('guest') ? { kind: 'guest' as const, serverRole: 'user' as const } : {}),
  ...(query.has('offline') ? { status: { state: 'offline', retryAt: Date.now() + 12_000 } } : {}),
  ...(query.has('closed') ? { status: { state: 'closed', code: 'session-ended' } } : {}),
  ...(query.has('connecting') ? { status: { state: 'connecting', attempt: 1 } } : {}),
};
const client = createFakeClient(options);
const services = createServices(sampleKeyMail(query.get('key') !== 'none'));
Object.assign(window, { client, services });
const root = document.getElementById('root');
if (root) createRoot(root).render(<App client={client} services={services} claim={takeClaim()} />);
