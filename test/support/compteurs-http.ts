import type { Answer, TestInstance } from './instance.js';

export const C = '/api/v1/compteurs';

type Headers = Record<string, string>;
let nes = 0;

/** Les compteurs par leur porte : ce que dirait une personne, une ligne par phrase. */
export class CompteursHttp {
  constructor(public http: TestInstance) {}

  /** Un nouveau produit ; son nom. */
  async produit(fiche: object = {}): Promise<string> {
    const produit = `produit-${++nes}`;
    const { status, body } = await this.http.send(C, { produit, nom: 'Un produit', ...fiche });
    if (status !== 201) throw new Error(`produit : ${status} ${JSON.stringify(body)}`);
    return produit;
  }
  ajouter(produit: string, quantite: unknown, headers: Headers = {}, query = ''): Promise<Answer> {
    return this.http.send(`${C}/${produit}/increments${query}`, { quantite }, headers);
  }
  retirer(produit: string, quantite: unknown, headers: Headers = {}, query = ''): Promise<Answer> {
    return this.http.send(`${C}/${produit}/decrements${query}`, { quantite }, headers);
  }
  annuler(produit: string, mouvement: string, headers: Headers = {}): Promise<Answer> {
    return this.http.send(`${C}/${produit}/mouvements/${mouvement}/annulation`, undefined, headers);
  }
  recompter(produit: string, valeur: unknown, headers: Headers = {}): Promise<Answer> {
    return this.http.send(`${C}/${produit}/recomptages`, { valeur }, headers);
  }
  async lire(produit: string): Promise<Record<string, unknown>> {
    return (await this.http.get(`${C}/${produit}`)).body;
  }
  async valeur(produit: string): Promise<string> {
    return (await this.lire(produit))['valeur'] as string;
  }
}

export const dit = ({ status, body }: Answer): unknown[] => [status, body.code ?? body.valeur];
export const champs = ({ body }: Answer): string[] => body.champs.map(({ champ }: { champ: string }) => champ);
