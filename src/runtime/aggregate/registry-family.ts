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
    const { roster } = this.registry;
    return roster.member(name) ?? inside(name, (stream, companion) => roster.companion(stream, companion));
  }

  crash(name: string): boolean {
    if (this.registry.crash(name)) return true;
    return inside(name, (stream, companion) => this.registry.roster.companion(stream, companion) && this.registry.crash(stream)) ?? false;
  }
}

/** What is found of `root.companion`; streams hold no dots. */
function inside<T>(name: string, find: (stream: string, companion: string) => T): T | undefined {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? undefined : find(name.slice(0, dot), name.slice(dot + 1));
}
