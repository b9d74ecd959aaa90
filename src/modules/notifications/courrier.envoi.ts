import type { Transporter } from 'nodemailer';
import type { Clock } from '../../runtime/clock.js';
import type { Courrier } from './lectures.envoi.js';

export interface CourrierOptions {
  readonly smtpUrl: string;
  readonly from: string;
  readonly clock: Clock;
}

/** Chaque étape (connexion, accueil, silence) ; une fin au tout, pour un serveur qui répond octet par octet. */
const ETAPE_MS = 10_000;
const MESSAGE_MS = 30_000;

/** Le courrier par SMTP : une connexion par message, donc rien à tenir ouvert ni à réparer entre deux. */
export function courrierSmtp({ smtpUrl, from, clock }: CourrierOptions): Courrier {
  const delais = { connectionTimeout: ETAPE_MS, greetingTimeout: ETAPE_MS, socketTimeout: ETAPE_MS, dnsTimeout: ETAPE_MS };
  const options = { url: smtpUrl, ...delais, disableFileAccess: true, disableUrlAccess: true };
  // Chargé au premier message : un club sans serveur de courrier n'en paie pas le démarrage.
  let charge: Promise<Transporter> | undefined;
  const transport = (): Promise<Transporter> => (charge ??= import('nodemailer').then(({ createTransport }) => createTransport(options)));
  const domaine = /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? 'monclub';
  return {
    async envoyer({ id, nom, adresse, sujet, texte }) {
      const trop = new AbortController();
      const annuler = clock.after(MESSAGE_MS, () => trop.abort(new Error('le serveur est trop lent')));
      try {
        await (
          await transport()
        ).sendMail({
          from,
          to: { name: nom, address: adresse },
          subject: sujet,
          text: texte,
          messageId: `<${id}@${domaine}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: trop.signal,
        });
      } finally {
        annuler();
      }
    },
    joignable: () =>
      transport()
        .then((ouvert) => ouvert.verify())
        .then(
          () => true,
          () => false,
        ),
  };
}
