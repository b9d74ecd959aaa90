import type { ComponentChildren } from 'preact';
import { useFaute } from './boite';

interface ChampProps {
  readonly nom: string;
  readonly label: string;
  readonly type?: 'text' | 'number' | 'datetime-local';
  readonly valeur?: string | number;
  readonly min?: number;
  readonly step?: string;
  readonly requis?: boolean;
}

export function Champ({ nom, label, type = 'text', valeur = '', min, step, requis = false }: ChampProps) {
  const { id, faute, aria } = useFaute(nom);
  // One element per kind of input in the types: a kind chosen late fits none of them.
  const kind: object = { type };
  return (
    <p class="agenda-champ">
      <label for={id}>{label}</label>
      <input id={id} name={nom} {...kind} defaultValue={String(valeur)} min={min} step={step} required={requis} {...aria} />
      {faute}
    </p>
  );
}

interface ChoixProps {
  readonly nom: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

export function Choix({ nom, label, children }: ChoixProps) {
  const { id, faute, aria } = useFaute(nom);
  return (
    <p class="agenda-champ">
      <label for={id}>{label}</label>
      <select id={id} name={nom} {...aria}>
        {children}
      </select>
      {faute}
    </p>
  );
}

/** What was typed, without the spaces around it; undefined for nothing, so that the club says that it is needed. */
export function texte(fields: FormData, name: string): string | undefined {
  const typed = fields.get(name);
  return typeof typed === 'string' && typed.trim() !== '' ? typed.trim() : undefined;
}

/** Undefined for nothing; what is no number is left to the club to refuse. */
export function nombre(fields: FormData, name: string): number | undefined {
  const typed = texte(fields, name);
  return typed === undefined ? undefined : Number(typed);
}
