import { SMTPServer } from 'smtp-server';

export interface Recu {
  readonly de: string;
  readonly a: readonly string[];
  /** Noms en minuscules, valeurs décodées. */
  readonly entetes: Readonly<Record<string, string>>;
  readonly texte: string;
}

/** Un vrai serveur SMTP, dont le test décide des refus. */
export class SmtpDEssai {
  readonly recus: Recu[] = [];
  /** Réponses aux prochains messages, dans l’ordre. */
  refuser: string[] = [];
  refuserA: string | undefined;
  /** Messages au milieu desquels la connexion est coupée. */
  couper = 0;
  /** Chaque message attend cela avant sa réponse. */
  retenir: Promise<void> | undefined;
  motDePasse: string | undefined;
  private port = 0;
  private serveur: SMTPServer | undefined;

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  ouvrir(): Promise<void> {
    const serveur = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      // Sans serveur de noms, chaque connexion attendrait sa réponse.
      disableReverseLookup: true,
      authOptional: true,
      allowInsecureAuth: true,
      closeTimeout: 50,
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        password === this.motDePasse ? done(null, { user: username ?? '' }) : done(new Error('Invalid username or password')),
      onRcptTo: ({ address }, _session, done) => done(address === this.refuserA ? refus('550 no such user') : null),
      onData: (flux, session, done) => {
        const morceaux: Buffer[] = [];
        flux.on('data', (morceau: Buffer) => {
          morceaux.push(morceau);
          if (this.couper <= 0) return;
          this.couper--;
          for (const connexion of serveur.connections) (connexion as { close(): void }).close();
        });
        flux.on('end', () => {
          const repondre = (): void => {
            const reponse = this.refuser.shift();
            if (reponse !== undefined) return done(refus(reponse));
            const de = session.envelope.mailFrom;
            const a = session.envelope.rcptTo.map(({ address }) => address);
            this.recus.push({ de: de === false ? '' : de.address, a, ...lire(Buffer.concat(morceaux).toString('utf8')) });
            done();
          };
          if (this.retenir === undefined) repondre();
          else void this.retenir.then(repondre);
        });
      },
    });
    serveur.on('error', () => undefined);
    this.serveur = serveur;
    return new Promise((resolve) =>
      serveur.listen(this.port, '127.0.0.1', () => {
        const adresse = serveur.server.address();
        if (typeof adresse === 'object' && adresse !== null) this.port = adresse.port;
        resolve();
      }),
    );
  }

  /** Sur le même port. */
  rouvrir(): Promise<void> {
    return this.ouvrir();
  }

  fermer(): Promise<void> {
    const { serveur } = this;
    this.serveur = undefined;
    return new Promise((resolve) => (serveur === undefined ? resolve() : serveur.close(() => resolve())));
  }
}

function refus(reponse: string): Error {
  return Object.assign(new Error(reponse.slice(4)), { responseCode: Number(reponse.slice(0, 3)) });
}

/** Les en-têtes et le texte d’un message d’une seule partie. */
function lire(brut: string): Pick<Recu, 'entetes' | 'texte'> {
  const [tete = '', ...corps] = brut.split('\r\n\r\n');
  const lignes = tete.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const entetes = Object.fromEntries(
    lignes.map((ligne) => [ligne.slice(0, ligne.indexOf(':')).toLowerCase(), motsDecodes(ligne.slice(ligne.indexOf(':') + 1).trim())]),
  );
  const texte = corps.join('\r\n\r\n');
  const encodage = entetes['content-transfer-encoding'];
  if (encodage === 'base64') return { entetes, texte: Buffer.from(texte, 'base64').toString('utf8') };
  return { entetes, texte: encodage === 'quoted-printable' ? imprimable(texte.replaceAll(/=\r\n/g, '')) : texte };
}

/** RFC 2047. */
function motsDecodes(valeur: string): string {
  return valeur
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, encodage: string, mot: string) =>
      encodage.toUpperCase() === 'B' ? Buffer.from(mot, 'base64').toString('utf8') : imprimable(mot.replaceAll('_', ' ')),
    );
}

function imprimable(texte: string): string {
  const octets = texte.replaceAll(/=([0-9A-F]{2})/gi, (_, hexa: string) => String.fromCharCode(parseInt(hexa, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}
