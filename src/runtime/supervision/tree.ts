import type { ChildState } from './child.js';
import { FOLD_ABOVE, type Family, type Member, type MemberState } from './family.js';
import type { Intensity, RestartType, Strategy } from './restart-policy.js';

/** What every node of the tree shows. */
interface NodeBase {
  readonly name: string;
  /** Names joined by dots, from below the root: what the crash button is called with. */
  readonly path: string;
  readonly restarts: number;
  /** How its last life ended, when one did. */
  readonly lastError: string | null;
}

export interface SupervisorNode extends NodeBase {
  readonly kind: 'supervisor';
  readonly state: ChildState;
  readonly restart: RestartType;
  readonly strategy: Strategy;
  readonly intensity: Intensity;
  readonly children: readonly TreeNode[];
}

export interface ChildNode extends NodeBase {
  readonly kind: 'child';
  readonly state: ChildState;
  readonly restart: RestartType;
}

/** A family shows its members, or only how many are in each state when there are more than `FOLD_ABOVE`. */
export interface FamilyNode extends NodeBase {
  readonly kind: 'family';
  readonly state: ChildState;
  readonly restart: RestartType;
  readonly size: number;
  readonly counts: Readonly<Partial<Record<MemberState, number>>>;
  readonly folded: boolean;
  readonly children: readonly MemberNode[];
}

export interface MemberNode extends NodeBase {
  readonly kind: 'member';
  readonly state: MemberState;
  readonly depth: number;
  /** What lives inside it; absent for a kind where nothing does. */
  readonly inside?: { readonly size: number; readonly folded: boolean; readonly children: readonly MemberNode[] };
}

export type TreeNode = SupervisorNode | ChildNode | FamilyNode | MemberNode;

export function describeMember({ inside, ...member }: Member, path: string): MemberNode {
  const node = { kind: 'member', ...member, path } as const;
  if (inside === undefined) return node;
  const { size } = inside;
  const folded = size > FOLD_ABOVE;
  const children = folded ? [] : inside.list(FOLD_ABOVE).map((one) => describeMember(one, `${path}.${one.name}`));
  return { ...node, inside: { size, folded, children } };
}

/** The part of a family's node that comes from the family itself. */
export function describeFamily(family: Family, path: string): Pick<FamilyNode, 'size' | 'counts' | 'folded' | 'children'> {
  const counts = family.counts();
  const size = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const folded = size > FOLD_ABOVE;
  const members = folded ? [] : family.list(FOLD_ABOVE);
  return { size, counts, folded, children: members.map((member) => describeMember(member, `${path}.${member.name}`)) };
}
