import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { sendDone, sendNotDone, sendResource } from '../../http/answer.js';
import { FromQuery, PAGE, readCursor, sendPage } from '../../http/cursor.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { cents, id } from '../../http/fields.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import type { Refusal } from '../../runtime/aggregate/aggregate.js';
import type { Envelope } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import { type Paiement, type Refus, refusEncaissement, refusRemboursement, type Statut, STATUTS } from './paiement.js';
import { lirePaiement, listerPaiements, montrerPaiement, RessourcePaiement } from './paiements.lectures.js';
import type { PaiementRow } from './paiements.tables.js';

const Filtre = z.strictObject({
  statut: z.enum(STATUTS).optional(),
  membreId: id.optional(),
  ...PAGE,
});
const Liste = z.strictObject({ elements: z.array(RessourcePaiement) });
const Encaissement = z
  .strictObject({ montantCentimes: cents.optional().describe('S’il est donné, il doit être exactement le montant dû.') })
  .meta({ id: 'Encaissement', examples: [{ montantCentimes: 500 }] });

const MOTS = { missing: 'paiement_inconnu', unreachable: 'base_indisponible' } as const;

/** D'un statut à un autre : le passage se fait tout entier ou pas du tout, et zéro ligne changée est un refus. */
interface Passage {
  readonly de: Statut;
  readonly a: Statut;
  readonly montantCentimes?: number | undefined;
  readonly refus: (paiement: Paiement) => Refusal<Refus>;
}

/** Les paiements : nés des inscriptions, encaissés et remboursés ici. */
@ApiTags('paiements')
@Controller('paiements')
export class PaiementsHttp {
  constructor(
    @Inject(Machine) private readonly machine: Machine,
    @Inject(DataSource) private readonly base: DataSource,
  ) {}

  @Get()
  @Operation<Refus>({ summary: 'Les paiements, du plus ancien au plus récent', answers: Liste, refusals: ['curseur_invalide', 'demande_invalide'] })
  async lister(@FromQuery(Filtre) filtre: z.output<typeof Filtre>, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const [apres = ''] = readCursor(filtre.apres, ['string']) ?? [];
    const rows = await listerPaiements(this.base, filtre, String(apres), filtre.limite + 1);
    sendPage<PaiementRow>(request, reply, rows, filtre.limite, (row) => [row.id], montrerPaiement);
  }

  @Get(':id')
  @Operation<Refus>({ summary: 'Un paiement', answers: RessourcePaiement, refusals: ['paiement_inconnu'] })
  async lire(@Param('id') paiementId: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await lirePaiement(this.base, paiementId);
    if (row === null) throw new Problem('paiement_inconnu');
    const paiement = montrerPaiement(row);
    sendResource(request, reply, paiement, paiement.version);
  }

  @Post(':id/encaissement')
  @Operation<Refus>({
    summary: 'Encaisser un paiement dû',
    answers: RessourcePaiement,
    refusals: ['paiement_inconnu', 'deja_encaisse', 'montant_incorrect', 'paiement_annule'],
  })
  encaisser(
    @Param('id') paiementId: string,
    @FromRequest(Encaissement) { body, envelope }: DemandeOf<typeof Encaissement>,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { montantCentimes } = body;
    return this.passer(request, reply, paiementId, envelope, { de: 'du', a: 'encaisse', montantCentimes, refus: refusEncaissement });
  }

  @Post(':id/remboursement')
  @Operation<Refus>({
    summary: 'Rembourser un paiement encaissé dont l’inscription n’est plus',
    answers: RessourcePaiement,
    refusals: ['paiement_inconnu', 'remboursement_non_du'],
  })
  rembourser(@Param('id') paiementId: string, @FromRequest() { envelope }: Demande, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.passer(request, reply, paiementId, envelope, { de: 'a_rembourser', a: 'rembourse', refus: refusRemboursement });
  }

  private async passer(request: Request, reply: Reply, paiementId: string, envelope: Envelope, passage: Passage): Promise<void> {
    const outcome = await this.machine.rows.perform<RessourcePaiement>(envelope, paiementId, (tx) => faire(tx, paiementId, envelope, passage));
    if (outcome.is === 'done') sendDone(reply, outcome, 200, outcome.answer, outcome.answer.version);
    else sendNotDone(request, reply, outcome, MOTS);
  }
}

type Travail = Parameters<Machine['rows']['perform']>[2];
type Transaction = Parameters<Travail>[0];

async function faire(tx: Transaction, paiementId: string, { expectedVersion, instant }: Envelope, { de, a, montantCentimes, refus }: Passage) {
  const avant = await lire(tx, paiementId);
  if (avant === undefined) return { missing: true } as const;
  if (expectedVersion !== undefined && expectedVersion !== avant.version) return { stale: avant.version };
  const somme = montantCentimes === undefined ? undefined : { montant_centimes: montantCentimes };
  const changes = await tx.update('paiement', { statut: a, modifie_le: instant }, { id: paiementId, statut: de, ...somme });
  const apres = (await lire(tx, paiementId)) ?? avant;
  return changes === 0 ? refus(apres) : { answer: apres };
}

async function lire(tx: Transaction, paiementId: string): Promise<RessourcePaiement | undefined> {
  const [row] = await tx.select('paiement', { id: paiementId });
  return row === undefined ? undefined : montrerPaiement(row as Record<keyof PaiementRow, unknown>);
}
