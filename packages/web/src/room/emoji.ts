/** Offered as reactions before one has chosen any. */
export const firstReactions: readonly string[] = ['👍', '❤️', '😂', '🎉', '👀', '🙏'];
