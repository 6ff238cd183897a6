/** Messages to keys: one's own address, or the talk with another one. */
import type { Client } from '@parley/client';
import { KeyHome } from './KeyHome.tsx';
import type { KeyMail } from './key-mail.ts';
import { TalkScreen } from './TalkScreen.tsx';

export function KeyScreen(props: { client: Client; mail: KeyMail; address: string | undefined; onBack(): void }) {
  const { client, mail, address, onBack } = props;
  if (address === undefined) return <KeyHome client={client} mail={mail} onBack={onBack} />;
  return <TalkScreen key={address} client={client} mail={mail} address={address} onBack={onBack} />;
}
