import type { Child } from './child.js';
import type { Intensity, RestartType, Strategy } from './restart-policy.js';

/** A supervisor and what it holds, as data. */
export interface SupervisorSpec {
  readonly name: string;
  readonly strategy: Strategy;
  readonly intensity: Intensity;
  readonly restart?: RestartType;
  readonly children: readonly (Child | SupervisorSpec)[];
}

/** Refuses names that could not be addressed: empty, with a dot, or used twice under one supervisor. */
export function checkNames(spec: SupervisorSpec): void {
  const names = spec.children.map((child) => child.name);
  for (const name of names) {
    if (name === '' || name.includes('.')) throw new Error(`"${name}" under ${spec.name}: a name is not empty and has no dot`);
  }
  if (new Set(names).size !== names.length) throw new Error(`two children of ${spec.name} have the same name`);
}
