// Un prêt, de son ouverture à son retour.
import type { Pret } from './etat.js';
import type { Fait, FaitDe, FaitPret, PretId } from './mots.js';

const SANS_REVEIL = { reveil: null } as const;
const DU_PRET: Readonly<Record<FaitPret['type'], true>> = {
  PretOuvert: true,
  PretProlonge: true,
  PretRendu: true,
  EcheanceRappelee: true,
  RelanceEnvoyee: true,
  PretDeclarePerdu: true,
  PretRetrouve: true,
};

export function estDuPret(fait: Fait): fait is FaitPret {
  return fait.type in DU_PRET;
}

export function ouvert(id: PretId, { ouvrageId, exemplaireId, membreId, ouvertLe, echeance, reveil }: FaitDe<'PretOuvert'>): Pret {
  return {
    id,
    ouvrageId,
    exemplaireId,
    membreId,
    statut: 'en_cours',
    ouvertLe,
    echeance,
    prolongations: 0,
    rappele: false,
    relance: 0,
    retardRelance: null,
    reveil,
    renduLe: null,
    retardJours: null,
    version: 1,
  };
}

export function evoluerPret(pret: Pret, fait: Exclude<FaitPret, FaitDe<'PretOuvert'>>): Pret {
  return { ...pret, ...changements(fait), version: pret.version + 1 };
}

function changements(fait: Exclude<FaitPret, FaitDe<'PretOuvert'>>): Partial<Pret> {
  switch (fait.type) {
    case 'PretProlonge':
      return { echeance: fait.echeance, prolongations: fait.prolongations, rappele: false, reveil: fait.reveil };
    case 'EcheanceRappelee':
      return { rappele: true, reveil: fait.reveil };
    case 'RelanceEnvoyee':
      return { relance: fait.niveau, retardRelance: fait.retardJours, reveil: fait.reveil ?? null };
    case 'PretRendu':
    case 'PretRetrouve':
      return { statut: 'rendu', renduLe: fait.renduLe, retardJours: fait.retardJours, ...SANS_REVEIL };
    case 'PretDeclarePerdu':
      return { statut: 'perdu', ...SANS_REVEIL };
  }
}
