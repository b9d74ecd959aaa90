import { expect } from 'vitest';
import type { Demande, Fait, FaitOuvrage, FaitPret, Refus, Regles } from '../../src/modules/prets/mots.js';
import { ecart, instantDe, jour, jourPlus, soir } from './calendrier-naif.js';

interface Copie {
  readonly ouvrage: string;
  statut: string;
}
interface Attente {
  readonly ouvrage: string;
  readonly membreId: string;
  readonly rang: number;
  copie?: string | undefined;
  retrait?: number;
}
interface Pret {
  readonly ouvrage: string;
  readonly copie: string;
  readonly membreId: string;
  statut: 'en_cours' | 'rendu' | 'perdu';
  echeance: number;
  prolongations: number;
  rappele: boolean;
  relance: number;
  relanceLe?: string;
  reveil: readonly [niveau: number, le: number] | undefined;
}

/** Ce que tout le club a prêté : une lecture naïve des journaux, qui ne partage rien avec l’agrégat. */
export class Registre {
  readonly copies = new Map<string, Copie>();
  readonly prets = new Map<string, Pret>();
  attentes: Attente[] = [];
  private readonly rangs = new Map<string, number>();
  private readonly numeros = new Map<string, number>();
  /** Ce que l’on a en main et dont le fait suivant doit dire où il va. */
  private readonly enMain = new Set<string>();

  constructor(readonly regles: Regles) {}

  vivants(membreId?: string): Pret[] {
    return [...this.prets.values()].filter((p) => p.statut === 'en_cours' && (membreId === undefined || p.membreId === membreId));
  }

  situation(membreId: string) {
    const vivants = this.vivants(membreId);
    const reservations = this.attentes.filter((a) => a.membreId === membreId).length;
    return { prets: vivants.length, reservations, suspendu: vivants.some((p) => p.relance === 3) };
  }

  /** Les réveils que l’ouvrage et ses prêts doivent avoir, et eux seuls. */
  reveils(ouvrage: string): string[] {
    const desPrets = [...this.prets]
      .filter(([, p]) => p.ouvrage === ouvrage && p.statut === 'en_cours' && p.reveil !== undefined)
      .map(([id, p]) => `${id} pret ${p.reveil![0]} ${p.reveil![1]}`);
    const desRetraits = this.attentes
      .filter((a) => a.ouvrage === ouvrage && a.copie !== undefined)
      .map((a) => `${ouvrage} retrait:${a.copie} ${a.retrait}`);
    return [...desPrets, ...desRetraits].sort();
  }

  /** Après chaque demande : rien ne reste en main, et personne n’a plus que son compte. */
  verifier(): void {
    expect([...this.enMain], 'P1 chaque exemplaire est quelque part').toEqual([]);
    const { pretsMax, reservationsMax } = this.regles.reglement;
    for (const membreId of new Set([...this.vivants(), ...this.attentes].map((une) => une.membreId))) {
      const { prets, reservations } = this.situation(membreId);
      expect(prets, 'P9 prêts').toBeLessThanOrEqual(pretsMax);
      expect(reservations, 'P9 réservations').toBeLessThanOrEqual(reservationsMax);
      const ici = this.attentes.filter((a) => a.membreId === membreId).map((a) => a.ouvrage);
      expect(new Set(ici).size, 'une réservation par ouvrage').toBe(ici.length);
    }
  }

  lire(racine: string, flux: string, fait: Fait, instant: number): void {
    if (duPret(fait)) this.lirePret(racine, flux, fait, instant);
    else this.lireOuvrage(racine, fait, instant);
  }
  private lireOuvrage(racine: string, fait: FaitOuvrage, instant: number): void {
    const { fuseau, reglement } = this.regles;
    switch (fait.type) {
      case 'OuvrageAjoute':
        return fait.exemplaires.forEach((id, i) => this.arriver(racine, id, i + 1));
      case 'ExemplaireAjoute':
        return this.arriver(racine, fait.exemplaireId, fait.numero);
      case 'ExemplaireRetire': {
        const pour = this.attentes.find((a) => a.copie === fait.exemplaireId);
        const copie = this.copies.get(fait.exemplaireId)!;
        expect(copie.statut, 'P1 ne se retire pas').not.toMatch(/prete|retire/);
        expect(fait.rendALaFile, 'P4').toEqual(pour && { membreId: pour.membreId, rang: pour.rang });
        if (pour) pour.copie = undefined;
        return void (copie.statut = 'retire');
      }
      case 'ExemplairePrete': {
        const pour = this.attentes.find((a) => a.ouvrage === racine && a.membreId === fait.membreId);
        const { statut } = this.copies.get(fait.exemplaireId)!;
        expect(fait.rang, 'P2 honore la réservation').toBe(pour?.rang);
        expect(statut === 'disponible' || pour?.copie === fait.exemplaireId, 'P2 un exemplaire mis de côté').toBe(true);
        const devant = this.devant(racine, fait.membreId);
        if (pour?.copie === undefined) expect(this.libres(racine), 'P3 à chacun son tour').toBeGreaterThan(devant);
        if (fait.laisse !== undefined) this.enMain.add(fait.laisse);
        if (pour?.copie !== undefined && pour.copie !== fait.exemplaireId) expect(fait.laisse, 'P1 laissé').toBe(pour.copie);
        this.attentes = this.attentes.filter((a) => a !== pour);
        this.copies.get(fait.exemplaireId)!.statut = 'prete';
        return;
      }
      case 'ExemplaireRemisEnRayon':
        expect(this.file(racine), 'P3 quelqu’un l’attend').toEqual([]);
        return this.poser(fait.exemplaireId, 'disponible');
      case 'ExemplaireEnReparation':
        return this.poser(fait.exemplaireId, 'en_reparation');
      case 'ExemplaireMisDeCote': {
        const [premier] = this.file(racine);
        const attendu = soir(jourPlus(jour(instant, fuseau), reglement.retraitJours), this.regles.fermetures, fuseau);
        expect({ membreId: fait.membreId, rang: fait.rang }, 'P3 P4 par rang').toEqual({
          membreId: premier?.membreId,
          rang: premier?.rang,
        });
        expect(Date.parse(fait.retraitAvant), 'P5 retrait').toBe(attendu);
        Object.assign(premier!, { copie: fait.exemplaireId, retrait: attendu });
        return this.poser(fait.exemplaireId, 'mis_de_cote');
      }
      case 'ExemplaireDeclarePerdu':
        return void (this.copies.get(fait.exemplaireId)!.statut = 'perdu');
      case 'ExemplaireRetrouve':
        expect(this.copies.get(fait.exemplaireId)!.statut, 'P1').toBe('perdu');
        this.enMain.add(fait.exemplaireId);
        return;
      case 'ReservationPosee':
        expect(fait.rang, 'P3 rang').toBe((this.rangs.get(racine) ?? 0) + 1);
        this.rangs.set(racine, fait.rang);
        this.attentes.push({ ouvrage: racine, membreId: fait.membreId, rang: fait.rang });
        return;
      case 'ReservationAnnulee':
      case 'RetraitExpire': {
        const finie = this.attentes.find((a) => a.ouvrage === racine && a.rang === fait.rang);
        expect(finie, 'P2').toMatchObject({ membreId: fait.membreId });
        expect(fait.exemplaireId, 'P2').toBe(finie!.copie);
        if (fait.type === 'RetraitExpire') expect(instant, 'P2 avant l’heure').toBeGreaterThanOrEqual(finie!.retrait!);
        if (fait.exemplaireId !== undefined) this.enMain.add(fait.exemplaireId);
        this.attentes = this.attentes.filter((a) => a !== finie);
        return;
      }
    }
  }
  private lirePret(racine: string, id: string, fait: FaitPret, instant: number): void {
    const { fuseau, reglement, fermetures } = this.regles;
    const pret = this.prets.get(id)!;
    switch (fait.type) {
      case 'PretOuvert': {
        expect(this.prets.has(id), 'P1').toBe(false);
        expect(this.vivants().filter((p) => p.copie === fait.exemplaireId).length, 'P1 un prêt vivant par exemplaire').toBe(0);
        expect(this.situation(fait.membreId).suspendu, 'P6 suspendu').toBe(false);
        const echeance = soir(jourPlus(jour(instant, fuseau), reglement.dureeJours), fermetures, fuseau);
        expect(Date.parse(fait.echeance), 'P5 échéance').toBe(echeance);
        expect(Date.parse(fait.ouvertLe), 'P5 ouverture').toBe(instant);
        const neuf = { ouvrage: racine, copie: fait.exemplaireId, membreId: fait.membreId, echeance };
        this.prets.set(id, { ...neuf, statut: 'en_cours', prolongations: 0, rappele: false, relance: 0, reveil: undefined });
        return this.armer(this.prets.get(id)!, instant);
      }
      case 'PretProlonge': {
        expect(this.peutProlonger(pret, instant), 'P6').toBeNull();
        const echeance = soir(jourPlus(jour(pret.echeance, fuseau), reglement.prolongationJours), fermetures, fuseau);
        expect([Date.parse(fait.echeance), fait.prolongations], 'P5 P6').toEqual([echeance, pret.prolongations + 1]);
        Object.assign(pret, { echeance, prolongations: fait.prolongations, rappele: false });
        return this.armer(pret, instant);
      }
      case 'EcheanceRappelee':
        expect([pret.statut, pret.rappele, pret.relance], 'P7 rappel').toEqual(['en_cours', false, 0]);
        pret.rappele = true;
        pret.reveil = this.relanceDes(pret, 1, '');
        return;
      case 'RelanceEnvoyee': {
        const aujourdhui = jour(instant, fuseau);
        expect([pret.statut, fait.niveau], 'P7 monte d’un cran').toEqual(['en_cours', pret.relance + 1]);
        expect(instant, 'P7 avant l’échéance').toBeGreaterThan(pret.echeance);
        expect(aujourdhui > (pret.relanceLe ?? ''), 'P7 une par jour').toBe(true);
        expect(fait.retardJours, 'P7 retard').toBe(ecart(jour(pret.echeance, fuseau), aujourdhui));
        Object.assign(pret, { relance: fait.niveau, relanceLe: aujourdhui });
        pret.reveil = fait.niveau === 3 ? undefined : this.relanceDes(pret, fait.niveau + 1, jourPlus(aujourdhui, 1));
        return;
      }
      case 'PretDeclarePerdu':
        expect(pret.statut, 'P1').toBe('en_cours');
        pret.statut = 'perdu';
        return;
      case 'PretRendu':
      case 'PretRetrouve':
        expect(pret.statut, 'P8').toBe(fait.type === 'PretRendu' ? 'en_cours' : 'perdu');
        expect(fait.retardJours, 'retard').toBe(Math.max(0, ecart(jour(pret.echeance, fuseau), jour(instant, fuseau))));
        if (fait.type === 'PretRendu') this.enMain.add(pret.copie);
        pret.statut = 'rendu';
        return;
    }
  }

  /** Ce que la demande doit s’entendre répondre, dans l’ordre où les règles se regardent. */
  refus(racine: string, demande: Demande, instant: number): Refus | null {
    const pret = 'pretId' in demande ? this.prets.get(demande.pretId) : undefined;
    const statut = 'exemplaireId' in demande ? this.copies.get(demande.exemplaireId ?? '')?.statut : undefined;
    const connu = statut !== undefined && statut !== 'retire';
    if ('pretId' in demande && demande.type !== 'emprunter' && pret?.ouvrage !== racine) return 'pret_inconnu';
    switch (demande.type) {
      case 'ajouterOuvrage':
        return 'ouvrage_deja_ajoute';
      case 'ajouterExemplaire':
      case 'rendre':
        return null;
      case 'retirerExemplaire':
        return !connu ? 'exemplaire_inconnu' : statut === 'prete' ? 'exemplaire_en_pret' : null;
      case 'remettreEnRayon':
        if (!connu) return 'exemplaire_inconnu';
        return ({ prete: 'exemplaire_en_pret', mis_de_cote: 'exemplaire_mis_de_cote', perdu: 'deja_perdu' } as const)[statut] ?? null;
      case 'emprunter': {
        const { prets, suspendu } = demande.membre;
        const mien = this.attentes.find((a) => a.ouvrage === racine && a.membreId === demande.membre.membreId)?.copie;
        const voulu = demande.exemplaireId;
        if (voulu !== undefined && !connu) return 'exemplaire_inconnu';
        if (suspendu) return 'membre_suspendu';
        if (prets >= this.regles.reglement.pretsMax) return 'limite_prets_atteinte';
        if (mien !== undefined && (voulu ?? mien) === mien) return null;
        if (statut === 'mis_de_cote') return 'exemplaire_mis_de_cote';
        if (voulu === undefined ? this.libres(racine) === 0 : statut !== 'disponible') return 'exemplaire_indisponible';
        return mien !== undefined || this.libres(racine) > this.devant(racine, demande.membre.membreId) ? null : 'ouvrage_reserve';
      }
      case 'prolonger':
        return this.peutProlonger(pret!, instant, demande.membre.suspendu);
      case 'reserver': {
        const { membreId, reservations } = demande.membre;
        if (this.attentes.some((a) => a.ouvrage === racine && a.membreId === membreId)) return 'deja_reserve';
        if (this.vivants(membreId).some((p) => p.ouvrage === racine)) return 'deja_emprunte_par_vous';
        if (this.libres(racine) > this.file(racine).length) return 'exemplaire_disponible';
        return reservations >= this.regles.reglement.reservationsMax ? 'limite_reservations_atteinte' : null;
      }
      case 'annulerReservation':
        return this.attentes.some((a) => a.ouvrage === racine && a.membreId === demande.membreId) ? null : 'reservation_inconnue';
      case 'expirerRetrait':
        return statut === 'mis_de_cote' ? null : 'reservation_inconnue';
      case 'rappelerEcheance':
        if (pret!.statut !== 'en_cours') return 'pret_clos';
        return pret!.rappele || pret!.relance > 0 ? 'relance_hors_ordre' : null;
      case 'relancer': {
        if (pret!.statut !== 'en_cours') return 'pret_clos';
        if (instant <= pret!.echeance) return 'pret_pas_en_retard';
        const suivant = pret!.relance + 1;
        const aujourdhui = pret!.relanceLe === jour(instant, this.regles.fuseau);
        return suivant > 3 || (demande.niveau ?? suivant) !== suivant || aujourdhui ? 'relance_hors_ordre' : null;
      }
      case 'declarerPerdu':
        return ({ en_cours: null, rendu: 'pret_clos', perdu: 'deja_perdu' } as const)[pret!.statut];
      case 'retrouverExemplaire':
        return ({ en_cours: 'exemplaire_en_pret', rendu: 'pret_clos', perdu: null } as const)[pret!.statut];
    }
  }
  private peutProlonger(pret: Pret, instant: number, suspendu = this.situation(pret.membreId).suspendu): Refus | null {
    const { reglement, fuseau, fermetures } = this.regles;
    const echeance = jour(pret.echeance, fuseau);
    if (pret.statut !== 'en_cours') return 'pret_clos';
    if (suspendu) return 'membre_suspendu';
    if (instant > pret.echeance) return 'pret_en_retard';
    if (this.file(pret.ouvrage).length > 0) return 'ouvrage_reserve';
    if (pret.prolongations >= reglement.prolongations) return 'prolongations_epuisees';
    if (jour(instant, fuseau) < jourPlus(echeance, -reglement.prolongationDesJours)) return 'prolongation_trop_tot';
    return soir(jourPlus(echeance, reglement.prolongationJours), fermetures, fuseau) > pret.echeance ? null : 'echeance_inchangee';
  }

  private armer(pret: Pret, instant: number): void {
    const { reglement, fuseau } = this.regles;
    const le = instantDe(jourPlus(jour(pret.echeance, fuseau), -reglement.rappelJours), '08:00:00', fuseau);
    pret.reveil = le > instant ? [0, le] : this.relanceDes(pret, 1, '');
  }
  private relanceDes(pret: Pret, niveau: number, auPlusTot: string): [number, number] {
    const { reglement, fuseau } = this.regles;
    const voulu = jourPlus(jour(pret.echeance, fuseau), reglement.relancesJours[niveau - 1]!);
    return [niveau, instantDe(voulu > auPlusTot ? voulu : auPlusTot, '08:00:00', fuseau)];
  }
  private arriver(ouvrage: string, id: string, numero: number): void {
    expect(numero, 'numéro').toBe((this.numeros.get(ouvrage) ?? 0) + 1);
    this.numeros.set(ouvrage, numero);
    this.copies.set(id, { ouvrage, statut: 'disponible' });
  }
  private poser(id: string, statut: string): void {
    const copie = this.copies.get(id)!;
    expect(this.enMain.delete(id) || copie.statut === 'en_reparation', 'P3 revenu pour de vrai').toBe(true);
    copie.statut = statut;
  }
  private file(ouvrage: string): Attente[] {
    return this.attentes.filter((a) => a.ouvrage === ouvrage && a.copie === undefined).sort((a, b) => a.rang - b.rang);
  }
  private devant(ouvrage: string, membreId: string): number {
    const file = this.file(ouvrage);
    const place = file.findIndex((a) => a.membreId === membreId);
    return place < 0 ? file.length : place;
  }
  private libres(ouvrage: string): number {
    return [...this.copies.values()].filter((c) => c.ouvrage === ouvrage && c.statut === 'disponible').length;
  }
}

const duPret = (fait: Fait): fait is FaitPret => /^(Pret|Echeance|Relance)/.test(fait.type);
