/** Who sits before this page: without access control, whoever they say they are. */
import { signal } from '@preact/signals';
import { lire, type Read, toutLire } from './api';
import { keep, kept } from './kept';

export type Membre = Read<'/api/v1/membres/{id}'>;

export const moi = signal<Membre | undefined>(undefined);
/** Every member by id, to show names; read when the first view asks for it. */
export const membres = signal<ReadonlyMap<string, Membre>>(new Map());

let asked: Promise<void> | undefined;

/** Reads the members, once. A view that meets an unknown one calls it with `again`. */
export function connaitreLesMembres(again = false): Promise<void> {
  if (again) asked = undefined;
  return (asked ??= toutLire('/api/v1/membres').then(
    (all) => {
      membres.value = new Map(all.map((one) => [one.id, one]));
    },
    (error: unknown) => {
      asked = undefined;
      throw error;
    },
  ));
}

export function jeSuis(membre: Membre | undefined): void {
  moi.value = membre;
  keep('moi', membre?.id ?? null);
}

/** The one of the last visit, if there still is one. */
export async function revenir(): Promise<void> {
  const id = kept('moi');
  if (id === null) return;
  moi.value = await lire('/api/v1/membres/{id}', { id }).catch(() => undefined);
}

/** « Zoë Le Goff »; a member whom nobody knows, or who was erased, has no name. */
export const nomDe = (id: string): string => membres.value.get(id)?.nom ?? '…';
