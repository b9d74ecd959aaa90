import type { Cluster, Figure } from './dashboard/cluster.js';
import type { Grappe } from './grappe.js';
import type { Election } from './runtime/cluster/lease.js';
import type { DataSource } from 'typeorm';

const HISTORY = 'SELECT term, holder, incarnation, cause, since, took_ms AS "tookMs" FROM election ORDER BY term DESC';

type Labelled = Readonly<Record<string, number>>;

/** What the page, the metrics and `GET /grappe` are shown of the cluster. */
export function seenCluster(grappe: Grappe, reads: DataSource): Cluster {
  const { members, leadership, elector, router } = grappe;
  return {
    get id() {
      return members.me.id;
    },
    get leader() {
      return leadership.leader?.id;
    },
    get term() {
      return elector.term;
    },
    get view() {
      return members.view.version;
    },
    nodes: () => members.nodes(),
    ownerOf: (stream) => router.ownerOf(stream)?.id,
    elections: (limit) => reads.query<Election[]>(`${HISTORY} LIMIT ${limit}`),
    figures: () => figures(grappe),
  };
}

function figures({ members, leadership, elector, router, transport }: Grappe): readonly Figure[] {
  const { counters } = members;
  const { traffic } = transport;
  return [
    one('leading', 'Whether this instance leads: 1 or 0.', leadership.mandate === undefined ? 0 : 1),
    one('term', 'The latest term known here.', elector.term),
    one('view', 'The number of the view.', members.view.version),
    one('members', 'Live members of the view.', members.view.members.length),
    one('links', 'Connections to other instances that are up.', traffic.links),
    one('leader_changes_total', 'Times that the leader known here became another one.', leadership.counters.leaders),
    one('elections_total', 'Elections that began here.', elector.counters.elections),
    one('suspicions_total', 'Times that a member was doubted here.', counters.suspicions),
    one('deaths_declared_total', 'Members that this instance declared dead.', counters.deaths),
    one('pauses_total', 'Pauses of its own that this instance noticed.', counters.pauses),
    one('frozen_kills_total', 'Frozen processes that this instance ended to free the SQLite file.', counters.frozenKills),
    many('demandes_total', 'Demandes by the way they took.', 'way', { ...router.traffic }),
    one('frames_total', 'Frames in which demandes were sent to their owners.', router.frames),
    many('messages_total', 'Messages of the election sent, by kind.', 'kind', elector.counters.sent),
    many('frames_dropped_total', 'Frames and connections refused at the port, by reason.', 'reason', traffic.dropped),
    many('bytes_total', 'Bytes on the wire between instances.', 'direction', { in: traffic.bytesIn, out: traffic.bytesOut }),
  ];
}

function one(name: string, help: string, value: number): Figure {
  return { name, help, values: [[{}, value]] };
}

function many(name: string, help: string, label: string, values: Labelled): Figure {
  return { name, help, values: Object.entries(values).map(([key, value]) => [{ [label]: key }, value]) };
}
