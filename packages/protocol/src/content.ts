/** What a message says. It is a part beside the log, so that redaction can take it away; ciphertext in encrypted rooms. */
import { flag, type Infer, list, optional, record, text } from './field.ts';
import { clientId, userId } from './id.ts';
import { limits } from './limits.ts';

/** A message is named by its author and the clientId they drew, so that one can name a message that is still queued. */
export const messageRef = record({ user: userId, clientId });
export type MessageRef = Infer<typeof messageRef>;

export const content = record({
  /** Markdown source. */
  text: text(limits.messageText),
  /** `/me waves`: shown as an action of the author. */
  action: optional(flag()),
  replyTo: optional(messageRef),
  /** The people whom the text means; clients fill it in, servers count it. */
  mentions: optional(list(userId, limits.mentions)),
});
export type Content = Infer<typeof content>;
