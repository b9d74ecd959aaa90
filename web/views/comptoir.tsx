/** The bar and the shop: what there is of each product, and what comes and goes. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import '../style/comptoir.css';
import { lireLesCompteurs, produits } from '../state/compteurs';
import { say } from '../state/langue';
import { Lecture, useLu } from '../ui/lecture';
import { COMPTOIR } from '../words/comptoir';
import { Carte } from './comptoir/carte';
import { Accord } from './comptoir/accord';
import { suivreLaConvergence } from './comptoir/convergence';
import { Nouveau } from './comptoir/nouveau';

const TOGETHER = 48;

export function Comptoir() {
  const lus = useLu(lireLesCompteurs);
  useEffect(suivreLaConvergence, []);
  return (
    <>
      <h1 tabIndex={-1}>{say(COMPTOIR.titre)}</h1>
      <Accord />
      <Lecture de={lus}>{() => <Cartes />}</Lecture>
      <Nouveau />
    </>
  );
}

function Cartes() {
  const [shown, now] = [useSignal(TOGETHER), useSignal(Date.now())];
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  const all = produits.value;
  if (all.length === 0) return <p>{say(COMPTOIR.aucun)}</p>;
  return (
    <>
      <ul class="cartes comptoir-cartes">
        {all.slice(0, shown.value).map((produit) => (
          <Carte key={produit} produit={produit} maintenant={now} />
        ))}
      </ul>
      {all.length > shown.value && (
        <p>
          <button type="button" onClick={() => (shown.value += TOGETHER)}>
            {say(COMPTOIR.suite)}
          </button>
        </p>
      )}
    </>
  );
}
