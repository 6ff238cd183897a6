/** Ephemeral channels between servers: who wants to hear which, and what is said. Nothing of it is kept. */
import { encodeCbor } from './cbor.ts';
import { channelHops, channelRun } from './channel.ts';
import { frame } from './federation-define.ts';
import { bytes, count, flag, type Infer, integer, list, optional, text, view } from './field.ts';
import { alias, serverId, userBytes, userId } from './id.ts';
import { limits } from './limits.ts';

export const channelLimits = {
  /** Changes in one frame: 90 KiB with the longest names. */
  interestPerFrame: 256,
  /** Channels that one server wants of another: 1 MB for each link. */
  interestPerLink: 2_048,
  /** Servers with listeners that are named for one channel: the nearest. Two would do for every word to arrive. */
  interestServers: 4,
} as const;

const words = view({
  /** Drawn at random by the sender's server: what was seen under it is passed over. */
  id: bytes(16),
  channel: alias,
  /** Of the server that signs. */
  user: userId,
  /** What the sender is called there. */
  by: text(limits.displayName),
  run: channelRun,
  seq: integer(1, Number.MAX_SAFE_INTEGER),
  /** Unix ms. */
  at: count(),
  text: text(limits.channelText),
  action: optional(flag()),
});
export type ChannelWords = Infer<typeof words>;

/** What the sender's server signs: a canonical CBOR array [RFC 8949 §4.2.1]. */
export function channelWordsBytes(network: string, said: ChannelWords): Uint8Array {
  const { server, account } = userBytes(said.user);
  const { id, channel, by, run, seq, at, text } = said;
  const action = said.action ?? false;
  return encodeCbor(['parley channel words v1', network, id, channel, server, account, by, run, seq, at, text, action]);
}

export const channelFrames = {
  interest: frame({
    about:
      'Changes of what a server wants to hear over this link: channels, with the nearest servers on which somebody listens, itself first, but none that lies on the other side; without any it wants the channel no more. Begins with nothing on every link.',
    payload: view({
      channels: list(
        view({
          name: alias,
          servers: list(
            view({
              id: serverId,
              /** Links to there from the server that tells. */
              hops: integer(0, channelHops - 1),
            }),
            channelLimits.interestServers,
          ),
        }),
        channelLimits.interestPerFrame,
      ),
    }),
  }),
  ephemeral: frame({
    about:
      "Words in a channel, for a server that wants to hear it: given on to others that do, with one hop less and not back. The sender's server has signed them; who passes on what is not ends its link.",
    payload: view({
      words,
      signature: bytes(64),
      /** Links that it may pass, this one included. */
      hops: integer(1, channelHops),
    }),
  }),
};
