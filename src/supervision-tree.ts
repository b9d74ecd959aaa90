/**
 * The whole tree on one page: who falls with whom, and how often.
 *
 * Children start from top to bottom and stop from bottom to top. A supervisor that had to restart something more than `restarts` times
 * within `periodMs` stops what it holds and lets the one above decide; past the root, the process ends and comes back as a new incarnation.
 *
 * An unreachable database is a state, never a crash: nothing here restarts because of it.
 */
import type { Child } from './runtime/supervision/child.js';
import type { Intensity, Strategy } from './runtime/supervision/restart-policy.js';
import type { SupervisorSpec } from './runtime/supervision/spec.js';

/** How each leaf starts. */
export interface Parts {
  /** The port of the other instances: authenticated TCP. */
  readonly reseau: Child['start'];
  /** The counters: this instance's own store and what it holds. */
  readonly magasin: Child['start'];
  /** What it exchanges with the others. */
  readonly synchronisation: Child['start'];
  /** Who may take how much of a bounded counter. */
  readonly droits: Child['start'];
  /** The club's products, on their way from the shared database to the counters. */
  readonly produits: Child['start'];
  /** The read lane: data source, migrations. */
  readonly source: Child['start'];
  /** The write lane: group commit, fenced. */
  readonly journal: Child['start'];
  /** Who is in the cluster. */
  readonly membres: Child['start'];
  /** Who leads it. */
  readonly election: Child['start'];
  /** One process per séance; each has its own restart budget and quarantine. */
  readonly reunions: Child['start'];
  /** What an erased member leaves behind. */
  readonly departs: Child['start'];
  /** The rules of loans, as this instance knows them. */
  readonly reglement: Child['start'];
  /** One process per title, with its loans. */
  readonly prets: Child['start'];
  /** The holds that an erased member leaves behind. */
  readonly lecteurs: Child['start'];
  /** What was published, whoever leads, for those who follow on this instance. */
  readonly suivi: Child['start'];
  /** The mails of notifications: while this instance leads. */
  readonly courrier: Child['start'];
  /** The demo club, sown once; only where the demo is wanted. */
  readonly demo?: Child['start'] | undefined;
  /** From the outbox to the listeners (paiements, notifications): while this instance leads. */
  readonly relais: Child['start'];
  /** Whoever has a timer due is woken: while this instance leads. */
  readonly reveils: Child['start'];
  /** What is too old is removed: while this instance leads. */
  readonly menage: Child['start'];
  /** HTTP. */
  readonly web: Child['start'];
}

/** A hiccup is forgiven, a loop is not. Raising it: a part that fails for good keeps its callers waiting for longer before a wider restart. */
const USUAL: Intensity = { restarts: 3, periodMs: 5_000 };

export function supervisionTree(parts: Parts): SupervisorSpec {
  return supervisor('monclub', 'one_for_one', [
    leaf('reseau', parts.reseau),
    // Alive without the database and without peers. What is exchanged falls with the store that it comes from.
    supervisor('compteurs', 'rest_for_one', [
      leaf('magasin', parts.magasin),
      leaf('synchronisation', parts.synchronisation),
      leaf('droits', parts.droits),
      leaf('produits', parts.produits),
    ]),
    // What stands on the database falls with it, and only that.
    supervisor('coeur', 'rest_for_one', [
      supervisor('base', 'one_for_one', [leaf('source', parts.source), leaf('journal', parts.journal)]),
      // One view and one term: they restart together.
      supervisor('grappe', 'one_for_all', [leaf('membres', parts.membres), leaf('election', parts.election)]),
      supervisor('club', 'one_for_one', [
        leaf('reunions', parts.reunions),
        leaf('departs', parts.departs),
        leaf('reglement', parts.reglement),
        leaf('prets', parts.prets),
        leaf('lecteurs', parts.lecteurs),
        leaf('suivi', parts.suivi),
        ...(parts.demo === undefined ? [] : [{ ...leaf('demo', parts.demo), restart: 'transient' as const }]),
      ]),
      // Up everywhere, at work only where the mandate is.
      supervisor('fonctions', 'one_for_one', [
        leaf('relais', parts.relais),
        leaf('courrier', parts.courrier),
        leaf('reveils', parts.reveils),
        leaf('menage', parts.menage),
      ]),
    ]),
    leaf('web', parts.web),
  ]);
}

function supervisor(name: string, strategy: Strategy, children: SupervisorSpec['children']): SupervisorSpec {
  return { name, strategy, intensity: USUAL, children };
}

function leaf(name: string, start: Child['start']): Child {
  return { name, start };
}
