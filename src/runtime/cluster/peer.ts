/** The words of the cluster that its parts share. */

/** One incarnation of one instance. A restarted instance keeps its id and has a new incarnation; a dead incarnation never comes back. */
export interface Peer {
  /** INSTANCE_ID: the name in `/grappe`, in the order of the election and in placement. */
  readonly id: string;
  /** A UUIDv7 made at the start of this life. */
  readonly incarnation: string;
  /** `host:port` of its cluster port, as it told the others. */
  readonly address: string;
}

/** The live members as the database knows them. Every change raises `version` in its own transaction, so two views of one version are equal. */
export interface View {
  /** 0: this instance has not joined yet. */
  readonly version: number;
  /** In the order of `compareIds`; at most one incarnation of each id. */
  readonly members: readonly Peer[];
}

export const NO_VIEW: View = { version: 0, members: [] };

/** What routing must know of the cluster. */
export interface Neighbourhood {
  /** This life of this instance: it changes in place when the instance reads its own death. */
  readonly me: Peer;
  readonly view: View;
  /** False when the peer is suspect or its socket is broken: then, and only then, another may work in its place. */
  reachable(peer: Peer): boolean;
  /** Reads the view afresh; calls made meanwhile share the reading. Resolves also when the database cannot be asked: the view is then what it was. */
  refresh(): Promise<void>;
}

/** A leader's mandate: everything that it writes is fenced by the term. */
export interface Term {
  readonly number: number;
}
