import type { Family, Member, MemberState } from '../supervision/family.js';
import type { Registry } from './registry.js';

/** Shows the living aggregates of a kind in the supervision tree, and lets the crash button reach them. */
export class RegistryFamily implements Family {
  constructor(private readonly registry: Registry) {}

  counts(): Readonly<Partial<Record<MemberState, number>>> {
    const { living, loading, quarantined } = this.registry.census();
    return { running: living - loading, starting: loading, quarantined };
  }

  list(limit: number): readonly Member[] {
    return this.registry.roster.members(limit);
  }

  find(name: string): Member | undefined {
    return this.registry.roster.member(name);
  }

  crash(name: string): boolean {
    return this.registry.crash(name);
  }
}
