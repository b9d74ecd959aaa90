import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import type { Compteurs } from './compteurs.js';
import type { Config } from './config.js';
import { Audience } from './dashboard/audience.js';
import { type Comptoir, Semis } from './demo/semis.js';
import type { Departure } from './http/departure.js';
import { web } from './http/web.js';
import { Readiness } from './modules/health/readiness.js';
import { EcritureDesProduits } from './modules/crdt/produits.ecriture.js';
import { EcritureDesMembres } from './modules/membres/membres.ecriture.js';
import { Envoi } from './modules/notifications/notifications.envoi.js';
import { DepartsDesLecteurs } from './modules/prets/departs.ecriture.js';
import { OUVRAGES } from './modules/prets/prets.tokens.js';
import { EcritureDuReglement } from './modules/prets/reglement.ecriture.js';
import { ReglesDuClub } from './modules/prets/reglement.lecture.js';
import { Departs } from './modules/reunions/departs.ecriture.js';
import type { Grappe } from './grappe.js';
import { SEANCES } from './modules/reunions/reunions.tokens.js';
import type { Machine } from './runtime/machine.js';
import type { Opening } from './runtime/opening.js';
import { whileLeading } from './runtime/cluster/leadership.js';
import { following } from './runtime/cluster/news.js';
import { family, GRACE_MS, housekeeping, journal, opening, port, relay, waking } from './runtime/parts.js';
import type { Child } from './runtime/supervision/child.js';
import type { ExitReason } from './runtime/supervision/restart-policy.js';
import { Tree } from './runtime/supervision/root.js';
import { supervisionTree } from './supervision-tree.js';

/** The parts of one instance, made and not yet started. */
export interface Assembly {
  readonly app: NestFastifyApplication;
  readonly machine: Machine;
  readonly grappe: Grappe;
  readonly compteurs: Compteurs;
  readonly source: DataSource;
  readonly departure: Departure;
  readonly database: Opening;
}

/** Plants the parts in the supervision tree: from here on, the tree alone starts and stops them. */
export function growTree(config: Config, assembly: Assembly, onGivenUp: (reason: ExitReason) => void): Tree {
  const { app, machine, grappe, compteurs, source, departure, database } = assembly;
  const log = new Logger('supervision');
  const close = async (): Promise<void> => {
    if (source.isInitialized) await source.destroy();
    await machine.storage.close();
  };
  const envoi = app.get(Envoi);
  const departs = app.get(Departs, { strict: false });
  const { leadership } = grappe;
  const spec = supervisionTree({
    reseau: port(grappe.transport),
    magasin: () => compteurs.replica.start(),
    synchronisation: () => compteurs.sync.start(),
    droits: () => compteurs.rights.start(),
    produits: () => compteurs.suivi.start(),
    source: opening(database, close),
    journal: journal(machine),
    membres: () => grappe.members.start(),
    election: () => grappe.elect(),
    reunions: family(machine, 'seance'),
    departs: () => departs.start(),
    reglement: () => app.get(ReglesDuClub, { strict: false }).start(() => database.opened()),
    prets: family(machine, 'ouvrage'),
    lecteurs: () => app.get(DepartsDesLecteurs, { strict: false }).start(),
    suivi: following(machine.fanOut),
    demo: config.demo ? sow(config, assembly) : undefined,
    relais: relay(machine, leadership),
    courrier: whileLeading(leadership, () => envoi.start()),
    reveils: waking(machine, leadership),
    menage: housekeeping(machine, leadership),
    web: endingStreams(app.get(Audience), web(app, departure, config.http, GRACE_MS)),
  });
  const { clock } = machine;
  return new Tree(spec, { clock, report: (event) => log.debug(event) }, onGivenUp);
}

/** Event streams end before the door closes: their clients come back by themselves, and are not cut in the middle of a word. */
function endingStreams(audience: Audience, door: Child['start']): Child['start'] {
  return async (context) => {
    const { stop } = await door(context);
    const end = (): Promise<void> | void => {
      audience.end();
      return stop();
    };
    return { stop: end };
  };
}

/** The demo club; the instance is not ready before it is there. */
function sow({ timezone }: Config, { app, machine, compteurs, database }: Assembly): Child['start'] {
  const log = new Logger('demo');
  const membres = app.get(EcritureDesMembres, { strict: false });
  const reglement = app.get(EcritureDuReglement, { strict: false });
  const semis = new Semis(machine, {
    accueillir: (envelope, membre) => membres.accueillir(envelope, membre),
    fermer: (envelope, jours) => reglement.calendrier(envelope, { joursFermes: [...jours], datesFermees: [] }),
    seances: app.get(SEANCES, { strict: false }),
    ouvrages: app.get(OUVRAGES, { strict: false }),
    compteurs: comptoir(app, compteurs),
    fuseau: timezone,
    opened: () => database.opened(),
    report: (message, error) => log.warn({ msg: message, err: error }),
  });
  app.get(Readiness).add('demo', () => semis.missing());
  return semis.start;
}

function comptoir(app: NestFastifyApplication, { replica }: Compteurs): Comptoir {
  const produits = app.get(EcritureDesProduits, { strict: false });
  return {
    instance: replica.id,
    creer: (envelope, fiche) => produits.creer(envelope, fiche),
    compter: async (envelope, product, quantite) => {
      const { outcome } = await replica.perform(envelope, { type: 'change', product, by: BigInt(quantite) });
      // Its birth is known; its counter may take a moment more, when the store was not open at that time.
      return outcome.is === 'missing' ? { is: 'unavailable', effect: 'not_executed', retryAfterMs: 100 } : outcome;
    },
  };
}
