// Ce que les prêts ont à dire à un lecteur. Rappels et relances ne partent jamais seuls : un récapitulatif par membre et par jour les dit tous.

export type ContenuGroupe =
  | { readonly gabarit: 'rappel'; readonly donnees: { readonly ouvrageId: string; readonly echeance: string } }
  | {
      readonly gabarit: 'relance';
      readonly donnees: { readonly ouvrageId: string; readonly niveau: 1 | 2 | 3; readonly retardJours: number };
    };

/** Un rappel ou une relance, avec le prêt dont il parle. */
export type AvisGroupe = ContenuGroupe & { readonly id: string; readonly stream: string };

export type ContenuDePret =
  | ContenuGroupe
  | { readonly gabarit: 'mise_de_cote'; readonly donnees: { readonly retraitAvant: string } }
  | { readonly gabarit: 'retrait_expire'; readonly donnees: Readonly<Record<string, never>> }
  /** L'exemplaire mis de côté a été retiré du prêt : la réservation attend de nouveau, à son rang. */
  | { readonly gabarit: 'attente_reprise'; readonly donnees: Readonly<Record<string, never>> }
  | { readonly gabarit: 'recapitulatif'; readonly donnees: { readonly avis: readonly AvisGroupe[] } };

export const GABARITS_DE_PRET = [
  'rappel',
  'relance',
  'mise_de_cote',
  'retrait_expire',
  'attente_reprise',
  'recapitulatif',
] as const satisfies readonly ContenuDePret['gabarit'][];

/** Un avis de cette sorte attend le récapitulatif de son membre. */
export function groupe(gabarit: string): gabarit is ContenuGroupe['gabarit'] {
  return gabarit === 'rappel' || gabarit === 'relance';
}

export function dePret(contenu: { readonly gabarit: string }): contenu is ContenuDePret {
  return (GABARITS_DE_PRET as readonly string[]).includes(contenu.gabarit);
}

/** Ce que l'on sait d'un prêt au moment d'écrire. */
export interface PretSuivi {
  readonly ouvrageId: string;
  readonly enCours: boolean;
  readonly echeance: string;
}

/** De chaque prêt, le dernier mot ; rien de ceux qui sont rendus, perdus, ou dont l'échéance rappelée a changé. */
export function aDire(avis: readonly AvisGroupe[], prets: ReadonlyMap<string, PretSuivi>): AvisGroupe[] {
  const derniers = new Map<string, AvisGroupe>();
  for (const un of avis) {
    const pret = prets.get(un.stream);
    if (pret === undefined || !pret.enCours) continue;
    if (un.gabarit === 'rappel' && Date.parse(un.donnees.echeance) !== Date.parse(pret.echeance)) continue;
    const autre = derniers.get(un.stream);
    if (autre === undefined || niveau(un) >= niveau(autre)) derniers.set(un.stream, un);
  }
  return [...derniers.values()];
}

export function niveau(avis: ContenuGroupe): 0 | 1 | 2 | 3 {
  return avis.gabarit === 'rappel' ? 0 : avis.donnees.niveau;
}
