/**
 * The owner's secret from a link that ends in `#claim=…`, taken out of the address at once, so that it stays neither in
 * the history nor in a screenshot.
 */
export function takeClaim(): string | undefined {
  const secret = /^#claim=([^&]{1,64})$/.exec(location.hash)?.[1];
  if (secret === undefined) return undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

/** Calls `take` when such a link is opened in the tab in which the app runs already; returns what stops it. */
export function followClaims(take: (secret: string) => void): () => void {
  const look = () => {
    const secret = takeClaim();
    if (secret !== undefined) take(secret);
  };
  addEventListener('popstate', look);
  return () => removeEventListener('popstate', look);
}
