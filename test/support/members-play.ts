import type { Clock } from '../../src/runtime/clock.js';
import { Members } from '../../src/runtime/cluster/members.js';
import { FakeNetwork, type FakeNode } from './fake-network.js';
import { FakeTransport } from './fake-transport.js';
import { NodeModel, RemoteNodes } from './node-model.js';

/** One process of the play: real `Members` on the fake network and the model of the table. */
export interface Player {
  readonly node: FakeNode;
  readonly members: Members;
  readonly transport: FakeTransport;
  /** Why it had to drop everything, and who took its place, in order. */
  readonly dropped: string[];
  readonly twins: string[];
  readonly reports: string[];
}

/** Real membership processes in one play; every change of view, suspicion and loss is a line of the transcript. */
export class MembersPlay {
  readonly network: FakeNetwork;
  readonly model: NodeModel;
  readonly players = new Map<string, Player>();

  constructor(seed = 1, quiet: readonly string[] = ['BEAT']) {
    this.network = new FakeNetwork({ seed, quiet });
    this.model = new NodeModel(
      () => this.network.epoch + this.network.now,
      (text) => this.network.note(text),
    );
  }

  /** Starts a process; a node's name is its address. */
  boot(name: string, id = name, clock: (of: Clock) => Clock = (of) => of): Player {
    const node = this.network.boot(name);
    const transport = new FakeTransport(node, () => members.me, { rough: true });
    const reports: string[] = [];
    const report = (message: string): void => {
      reports.push(message);
      this.network.note(`${name} says: ${message}`);
    };
    const members: Members = new Members({
      id,
      address: () => name,
      transport,
      table: new RemoteNodes(this.model, node),
      clock: clock(node.clock),
      report,
    });
    const player: Player = { node, members, transport, dropped: [], twins: [], reports };
    members.onView(({ version, members: all }) => {
      this.model.seen(version, all, name);
      this.network.note(`${name} sees view ${version}: ${all.map((one) => one.id).join(' ')}`);
    });
    members.onRebirth((why) => player.dropped.push(why));
    members.onTwin((by) => player.twins.push(by.id));
    members.start();
    this.players.set(name, player);
    return player;
  }

  get(name: string): Player {
    return this.players.get(name)!;
  }

  /** Boots them and waits until all agree. */
  async gather(...names: readonly string[]): Promise<void> {
    for (const name of names) this.boot(name);
    await this.settled(names);
  }

  /** Until the views of these are the table's, hold exactly these, and nobody is suspect. Tells how long it took. */
  settled(names: readonly string[], withinMs = 14_000): Promise<number> {
    return this.network.until(() => this.agreed(names), withinMs);
  }

  agreed(names: readonly string[]): boolean {
    const members = names.map((name) => this.get(name).members);
    const expected = members
      .map(({ me }) => me.incarnation)
      .toSorted()
      .join();
    return members.every(
      (one) =>
        one.joined &&
        one.view.version === this.model.view &&
        one.view.members
          .map(({ incarnation }) => incarnation)
          .toSorted()
          .join() === expected &&
        one.view.members.every((peer) => peer.incarnation === one.me.incarnation || one.reachable(peer)),
    );
  }

  /** Where a node stands, as `who` shows it. */
  state(who: string, id: string): string | undefined {
    return this.get(who)
      .members.nodes()
      .find((node) => node.id === id)?.state;
  }
}
