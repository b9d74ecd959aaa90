import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { Annuaire, MembresModule } from '../membres/index.js';
import { Rayons } from '../prets/index.js';
import { Agenda } from '../reunions/index.js';
import { courrierSmtp } from './courrier.envoi.js';
import { EcritureDesNotifications } from './notifications.ecriture.js';
import { Envoi } from './notifications.envoi.js';
import { NotificationsHttp } from './notifications.http.js';
import { LectureDesNotifications } from './notifications.lecture.js';
import { ecouterPourAviser } from './notifications.listener.js';
import { REFUS_NOTIFICATIONS } from './notifications.refus.js';
import { FUSEAU } from './notifications.tokens.js';
import { ecouterLesPrets } from './prets.listener.js';
import type { Redaction } from './redaction.envoi.js';
import { Registre, type Transact } from './registre.envoi.js';

/** Où porter le courrier ; absent, les avis sont seulement montrés. */
type Courrier = { readonly smtpUrl: string; readonly from: string } | undefined;

/** Au plus un avis par fait et par membre. `Envoi` est rendu à l'arbre, qui le fait vivre sous `courrier` tant que l’instance mène. */
@Module({})
export class NotificationsModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_NOTIFICATIONS);
  }

  static forRoot(courrier: Courrier, fuseau: string): DynamicModule {
    const envoi = {
      provide: Envoi,
      useFactory: (machine: Machine, annuaire: Annuaire, agenda: Agenda, rayons: Rayons) =>
        preparer(machine, { annuaire, agenda, rayons, fuseau, langue: 'fr' }, courrier),
      inject: [Machine, Annuaire, Agenda, Rayons],
    };
    return {
      module: NotificationsModule,
      imports: [MembresModule],
      controllers: [NotificationsHttp],
      providers: [Agenda, Rayons, { provide: FUSEAU, useValue: fuseau }, envoi, LectureDesNotifications, EcritureDesNotifications],
      exports: [Envoi],
    };
  }
}

function preparer(machine: Machine, redaction: Redaction, courrier: Courrier): Envoi {
  const { clock, topics } = machine;
  const log = new Logger('notifications');
  machine.listen(ecouterPourAviser(courrier !== undefined));
  machine.listen(ecouterLesPrets(courrier !== undefined));
  return new Envoi({
    registre: new Registre(dansLaFile(machine), clock, redaction.fuseau),
    redaction,
    courrier: courrier && courrierSmtp({ ...courrier, clock }),
    clock,
    ecouter: (reveil) => topics.subscribe('published', reveil),
    report: (message, error) => log.error({ msg: message, err: error }),
  });
}

/** Une transaction dans la file d'écriture, comme le relais : jamais à côté d'elle. */
function dansLaFile({ journal, storage }: Machine): Transact {
  return (work) => new Promise((resolve, reject) => journal.enqueue({ run: () => storage.transact(work).then(resolve, reject) }));
}
