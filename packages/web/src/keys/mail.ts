/** Messages to the key of this account: listened to while one is signed in, kept in memory and nowhere else. */
import type { Client, KeyMessage, OwnKey, Readable } from '@parley/client';
import { type ErrorCode, errors, keyAddress, Refusal, readKeyAddress } from '@parley/protocol';
import { type Cell, cell } from '../service/cell.ts';
import { type KeyLine, type KeyMail, type KeyPlace, type KeyTalk, markKeyHere } from './key-mail.ts';
import { addLine, changeLine, named, readTalk } from './talks.ts';
import { openVault, ownKeyOf } from './vault-client.ts';
import { type HeldKey, VaultError, type VaultPort } from './vault-port.ts';

/** After a failure that may pass. */
const againMs = 2_000;

type Own = (vault: VaultPort, key: HeldKey) => OwnKey;

export async function openKeyMail(client: Client, vault: VaultPort = openVault()): Promise<KeyMail> {
  const mail = new Mail(client, vault, ownKeyOf);
  await mail.start();
  return mail;
}

class Mail implements KeyMail {
  readonly #client: Client;
  readonly #vault: VaultPort;
  readonly #ownOf: Own;
  readonly #keys = cell<readonly HeldKey[]>([]);
  readonly #own = cell<KeyPlace | undefined>(undefined);
  readonly #talks: Cell<readonly KeyTalk[]> = cell<readonly KeyTalk[]>([]);
  readonly #listeners = new Set<(talk: KeyTalk, line: KeyLine) => void>();
  readonly #reading = new Map<string, number>();
  #user: string | undefined;
  #listening: AbortController | undefined;
  #last = 0;

  constructor(client: Client, vault: VaultPort, ownOf: Own) {
    this.#client = client;
    this.#vault = vault;
    this.#ownOf = ownOf;
  }

  get keys(): Readable<readonly HeldKey[]> {
    return this.#keys;
  }

  get own(): Readable<KeyPlace | undefined> {
    return this.#own;
  }

  get talks(): Readable<readonly KeyTalk[]> {
    return this.#talks;
  }

  async start(): Promise<void> {
    this.#keys.set(await this.#vault.list());
    this.#client.me.subscribe(() => this.#follow());
    this.#follow();
  }

  async make(label: string): Promise<HeldKey> {
    const key = await this.#vault.make({ label });
    await this.use(key);
    return key;
  }

  async take(file: Blob, label: string, keep: boolean): Promise<HeldKey> {
    const key = await this.#vault.take({ file, label, keep });
    await this.#changed();
    return key;
  }

  async use({ address }: HeldKey): Promise<void> {
    await this.#vault.bind({ address, account: this.#me().user });
    await this.#changed();
  }

  letSignIn(held: HeldKey): Promise<void> {
    return this.#client.addKey(this.#ownOf(this.#vault, held), held.label);
  }

  async signIn(held: HeldKey): Promise<void> {
    const sign = (message: Uint8Array) => this.#vault.sign({ address: held.address, message });
    await this.#client.signInWithKey({ key: held.key, sign });
    await this.use(held);
  }

  file({ address }: HeldKey): Promise<Blob> {
    return this.#vault.file({ address });
  }

  async remove({ address }: HeldKey): Promise<void> {
    await this.#vault.remove({ address });
    await this.#changed();
  }

  send(address: string, text: string): void {
    const own = this.#own.get();
    const to = readKeyAddress(address);
    if (!own || !to) return;
    const key = `m${++this.#last}`;
    const line = { key, mine: true, text, at: Date.now(), state: 'sending', code: undefined } as const;
    this.#talks.set(addLine(this.#talks.get(), address, line, false));
    const settle = (change: Partial<KeyLine>) => this.#talks.set(changeLine(this.#talks.get(), address, key, change));
    const { name, display = name } = this.#me();
    this.#client.sendToKey(this.#ownOf(this.#vault, own.held), to, { text, name: display }).then(
      ({ deliveredAt }) => settle({ state: 'sent', at: deliveredAt }),
      (error: unknown) => settle({ state: 'failed', code: codeOf(error) }),
    );
  }

  discard(address: string, line: string): void {
    this.#talks.set(changeLine(this.#talks.get(), address, line, undefined));
  }

  reads(address: string): () => void {
    this.#reading.set(address, (this.#reading.get(address) ?? 0) + 1);
    this.#talks.set(readTalk(this.#talks.get(), address));
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#reading.get(address) ?? 1) - 1;
      if (left > 0) this.#reading.set(address, left);
      else this.#reading.delete(address);
    };
  }

  onMessage(listener: (talk: KeyTalk, line: KeyLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #me(): { user: string; name: string; display?: string } {
    const me = this.#client.me.get();
    if (!me) throw new Refusal('not-signed-in');
    return me;
  }

  async #changed(): Promise<void> {
    this.#keys.set(await this.#vault.list());
    this.#follow();
  }

  /** Listens at the key of whoever is signed in. What one account heard is not for the next. */
  #follow(): void {
    const user = this.#client.me.get()?.user;
    if (user !== this.#user) this.#talks.set([]);
    this.#user = user;
    const held = user === undefined ? undefined : this.#keys.get().find(({ account }) => account === user);
    if (user !== undefined) markKeyHere(user, held?.isKept === true);
    if (held?.address === this.#own.get()?.held.address) return;
    this.#listening?.abort();
    this.#listening = undefined;
    this.#own.set(held && { held, state: 'waiting' });
    if (!held) return;
    const stop = new AbortController();
    this.#listening = stop;
    void this.#listen(held, stop.signal);
  }

  async #listen(held: HeldKey, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#online(signal);
        const messages = await this.#client.listenAtKey(this.#ownOf(this.#vault, held), signal);
        this.#own.set({ held, state: 'here' });
        for await (const message of messages) this.#take(message);
      } catch (error) {
        if (signal.aborted) return;
        const code = error instanceof Refusal ? error.code : 'internal';
        this.#own.set(errors[code].retry ? { held, state: 'waiting' } : { held, state: 'refused', code });
        if (!errors[code].retry) return;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
  }

  async #online(signal: AbortSignal): Promise<void> {
    for await (const { state } of this.#client.status.values(signal)) if (state === 'online') return;
    throw signal.reason;
  }

  #take({ from, at, name, text }: KeyMessage): void {
    const address = keyAddress(from);
    const line = { key: `m${++this.#last}`, mine: false, text, at, state: 'sent', code: undefined } as const;
    const isRead = this.#reading.has(address);
    this.#talks.set(named(addLine(this.#talks.get(), address, line, !isRead), address, name));
    const talk = this.#talks.get().find((each) => each.address === address);
    if (talk && !isRead) for (const listener of [...this.#listeners]) listener(talk, line);
  }
}

function codeOf(error: unknown): KeyLine['code'] {
  if (error instanceof VaultError) return error.code;
  return error instanceof Refusal ? error.code : ('internal' satisfies ErrorCode);
}
