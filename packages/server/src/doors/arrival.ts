/** What a door knows of a new connection beside its link. */
export interface Arrival {
  /**
   * Only this machine can be at the other end: listener, client and Host header are loopback, and no proxy stands
   * between. Such a connection may make an account without an invite, as long as nothing else is configured.
   */
  readonly isLocal: boolean;
}
