/** The one-time link that makes the first owner: only a hash of its secret is kept, and a start without an owner makes a new one. */
import { toBase32 } from '@parley/protocol';
import type { Runtime } from './runtime.ts';
import { hashToken } from './sign-in.ts';
import type { Store } from './store/store.ts';

export async function ownerSecretFor(store: Store, runtime: Runtime): Promise<string | undefined> {
  if (await store.person.hasOwner()) return undefined;
  const secret = toBase32(runtime.randomBytes(20));
  await store.claim.set(hashToken(secret).toHex());
  return secret;
}
