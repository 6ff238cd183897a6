import type { Client } from '@parley/client';
import { type Services, ServicesProvider } from './service/services.tsx';
import { Layers } from './ui/Layers.tsx';

/** The whole app over one client. */
export function App({ client, services }: { client: Client; services: Services }) {
  return (
    <ServicesProvider services={services}>
      <p>{client.rooms.get().length}</p>
      <Layers />
    </ServicesProvider>
  );
}
