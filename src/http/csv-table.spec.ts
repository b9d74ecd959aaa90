import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, readTable, writeTable } from './csv-table.js';

const COLONNES: Column[] = [
  { champ: 'id', titre: 'Identifiant', ignoree: true },
  { champ: 'nom', titre: 'Nom', obligatoire: true },
  { champ: 'jusqua', titre: 'Suspendu jusqu’au' },
];

async function ecrit(lignes: (string | null)[][]): Promise<string> {
  let texte = '';
  async function* pages() {
    yield lignes;
  }
  for await (const bout of writeTable(COLONNES, pages())) texte += bout;
  return texte;
}
const lu = async (texte: string) =>
  (await readTable(texte, COLONNES)).map(({ ligne, valeurs }) => [ligne, valeurs['nom'], valeurs['jusqua']]);
const code = (texte: string) =>
  readTable(texte, COLONNES).then(
    () => 'lu',
    (error: { code: string; data: unknown }) => [error.code, error.data],
  );

describe('le tableau CSV', () => {
  it('ce qui est écrit se relit pareil, apostrophes et formules comprises', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
            fc.stringMatching(/^'{0,3}[\t\r=+@-][a-z'"; ,\r\n]{0,5}$/),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        async (noms) => {
          const utiles = noms.filter((nom) => nom.trim() !== '' && !nom.includes('\uFEFF'));
          const texte = await ecrit(utiles.map((nom) => ['x', nom, null]));
          expect((await readTable(texte.slice(1), COLONNES)).map(({ valeurs }) => valeurs['nom'])).toEqual(utiles);
        },
      ),
      { numRuns: 300 },
    ));

  it('aucune case n’est une formule, tout est en UTF-8 marqué, à points-virgules, en CRLF', async () => {
    const texte = await ecrit(['=1+1', '+33', '-2', '@x', '\tx', '\rx', "'=1", "l'eau"].map((nom) => [null, nom, null]));
    expect(texte.startsWith('\uFEFFIdentifiant;Nom;Suspendu jusqu’au\r\n')).toBe(true);
    const noms = texte
      .split('\r\n')
      .slice(1, -1)
      .map((ligne) => ligne.split(';')[1]);
    expect(noms).toEqual(["'=1+1", "'+33", "'-2", "'@x", "'\tx", expect.stringMatching(/^"'\rx"$/) as string, "''=1", "l'eau"]);
  });

  it('les noms de colonnes se reconnaissent sans casse, sans accents, dans tout ordre', async () => {
    expect(await lu("SUSPENDU JUSQU'AU;nom\r\n2027;Ana\r\n")).toEqual([[2, 'Ana', '2027']]);
    expect(await lu('suspendu_jusqu_au,Nom,,\n,"Le Goff, Zoë",,\n')).toEqual([[2, 'Le Goff, Zoë', undefined]]);
    // Une virgule entre guillemets ne sépare rien.
    expect(await lu('"no,m";"suspendu,jusqu,au"\nAna;2027\n')).toEqual([[2, 'Ana', '2027']]);
  });

  it('une colonne que le club écrit lui-même se relit sans rien changer', async () => {
    expect(await readTable('Identifiant;Nom\nmem_1;Ana\n', COLONNES)).toEqual([{ ligne: 2, valeurs: { nom: 'Ana' }, enTrop: 0 }]);
  });

  it('chaque ligne porte son numéro, lignes vides et fin sans retour comprises', async () => {
    expect(await lu('Nom\n\nAna\n;;\n\nBo')).toEqual([
      [3, 'Ana', undefined],
      [6, 'Bo', undefined],
    ]);
  });

  it('ce qui ne va pas est dit', async () => {
    expect(await code('Nom;Age\nAna;3\n')).toEqual([
      'csv_entete_invalide',
      expect.objectContaining({ inconnues: ['Age'], manquantes: [] }),
    ]);
    expect(await code('')).toEqual(['csv_entete_invalide', expect.objectContaining({ manquantes: ['Nom'] })]);
    expect(await code('Nom;nom\n')).toEqual(['csv_entete_invalide', expect.objectContaining({ doubles: ['Nom'] })]);
    expect(await code('Nom\nAna\n"Bo\n')).toEqual(['csv_illisible', expect.objectContaining({ ligne: expect.any(Number) as number })]);
    expect(await code(`Nom\n${'Ana\n'.repeat(5001)}`)).toEqual(['csv_trop_grand', undefined]);
    expect(await code(`Nom\n${'Ana\n'.repeat(5000)}`)).toBe('lu');
    expect((await readTable('Nom\nAna;1;2\n', COLONNES))[0]).toMatchObject({ enTrop: 2 });
  });
});
