/**
 * Keys of the people of this browser. It runs in a worker, and its secrets leave it in one way only: as a file that
 * somebody asked for.
 */
import { E2eeError, type KeyMessage, type OwnKey, ownKey } from '@parley/e2ee';
import { keyAddress, limits } from '@parley/protocol';
import { fromPem, toPem } from './pem.ts';
import { type HeldKey, VaultError, type VaultPort, vaultCodes } from './vault-port.ts';

export interface KeyRecord extends Omit<HeldKey, 'isKept'> {
  readonly seed: Uint8Array;
}

export interface KeyStore {
  list(): Promise<KeyRecord[]>;
  put(record: KeyRecord): Promise<void>;
  remove(address: string): Promise<void>;
}

export interface Surroundings {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** More than one person has accounts in one browser. */
const mostKeys = 16;

interface Held {
  readonly record: KeyRecord;
  readonly own: OwnKey;
  readonly isKept: boolean;
}

export class Vault implements VaultPort {
  readonly #store: KeyStore;
  readonly #surroundings: Surroundings;
  #held: Promise<Map<string, Held>> | undefined;

  constructor(store: KeyStore, surroundings: Surroundings) {
    this.#store = store;
    this.#surroundings = surroundings;
  }

  async list(): Promise<HeldKey[]> {
    return [...(await this.#all()).values()].map(viewOf);
  }

  make({ label }: { label: string }): Promise<HeldKey> {
    return this.#add(this.#surroundings.randomBytes(32), label, true);
  }

  async take({ file, label, keep }: { file: Blob; label: string; keep: boolean }): Promise<HeldKey> {
    const seed = file.size <= 65_536 ? fromPem(await file.text()) : undefined;
    if (!seed) throw new VaultError('bad-file');
    return this.#add(seed, label, keep);
  }

  async file({ address }: { address: string }): Promise<Blob> {
    const { record } = await this.#of(address);
    return new Blob([toPem(record.seed)], { type: 'application/x-pem-file' });
  }

  async bind({ address, account }: { address: string; account: string }): Promise<HeldKey> {
    const held = await this.#of(address);
    for (const other of (await this.#all()).values())
      if (other !== held && other.record.account === account)
        await this.#put({ ...other, record: { ...other.record, account: undefined } });
    return this.#put({ ...held, record: { ...held.record, account } });
  }

  async remove({ address }: { address: string }): Promise<void> {
    await this.#store.remove(address);
    (await this.#all()).delete(address);
  }

  async sign({ address, message }: { address: string; message: Uint8Array }): Promise<Uint8Array> {
    return (await this.#of(address)).own.sign(message);
  }

  async seal(given: Parameters<VaultPort['seal']>[0]): Promise<Uint8Array> {
    const { address, to, text, name } = given;
    const { own } = await this.#of(address);
    return own.seal(to, { text, name: name?.slice(0, limits.displayName).toWellFormed() }).catch(refused);
  }

  async open({ address, sealed }: { address: string; sealed: Uint8Array }): Promise<KeyMessage> {
    const { own } = await this.#of(address);
    return own.open(sealed).catch(refused);
  }

  async #add(seed: Uint8Array, label: string, isKept: boolean): Promise<HeldKey> {
    const own = ownKey(seed, this.#surroundings);
    const address = keyAddress(own.key);
    const all = await this.#all();
    const known = all.get(address);
    if (known && (known.isKept || !isKept)) return viewOf(known);
    if (!known && all.size >= mostKeys) throw new VaultError('too-many');
    const called = label.slice(0, limits.deviceName).toWellFormed();
    const createdAt = this.#surroundings.now();
    const record = { address, key: own.key, seed, label: called, account: known?.record.account, createdAt };
    return this.#put({ record, own, isKept });
  }

  async #put(held: Held): Promise<HeldKey> {
    if (held.isKept) await this.#store.put(held.record);
    (await this.#all()).set(held.record.address, held);
    return viewOf(held);
  }

  async #of(address: string): Promise<Held> {
    const held = (await this.#all()).get(address);
    if (!held) throw new VaultError('not-found');
    return held;
  }

  #all(): Promise<Map<string, Held>> {
    this.#held ??= this.#store.list().then((records) => {
      const held = records.map((record) => ({ record, own: ownKey(record.seed, this.#surroundings), isKept: true }));
      return new Map(held.map((each) => [each.record.address, each]));
    });
    return this.#held;
  }
}

function viewOf({ record: { seed: _secret, ...rest }, isKept }: Held): HeldKey {
  return { ...rest, isKept };
}

function refused(error: unknown): never {
  const code = error instanceof E2eeError ? vaultCodes.find((each) => each === error.code) : undefined;
  throw code ? new VaultError(code) : error;
}
