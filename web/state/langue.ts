/** The language of the page: the one chosen, else the browser's; French when it is neither. */
import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept';

export type Langue = 'fr' | 'en';

const preferred = (): Langue => ((navigator.languages.find((one) => /^(fr|en)\b/.test(one)) ?? 'fr').startsWith('en') ? 'en' : 'fr');
const chosen = kept('langue');

export const langue = signal<Langue>(chosen === 'fr' || chosen === 'en' ? chosen : preferred());

export function parler(one: Langue): void {
  langue.value = one;
  keep('langue', one);
}

effect(() => {
  document.documentElement.lang = langue.value;
});

type Text = string | { readonly one: string; readonly other: string };

/** One thing to say, in both languages: there is no word without its translation. `{name}` stands for a value; a plural is chosen by the value `n`. */
export interface Word {
  readonly fr: Text;
  readonly en: Text;
}

/** The words of one view. */
export const words = <Words extends Readonly<Record<string, Word>>>(all: Words): Words => all;

export type Values = Readonly<Record<string, string | number>>;

/** The word in the language of the page; whoever says it in a component is drawn anew when that changes. */
export function say(word: Word, values: Values = {}): string {
  const text = word[langue.value];
  const plural = typeof text === 'string' ? text : text[numbers().select(Number(values['n'])) === 'one' ? 'one' : 'other'];
  return plural.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? chiffres(value) : (value ?? '');
  });
}

const rules = new Map<Langue, Intl.PluralRules>();
function numbers(): Intl.PluralRules {
  let one = rules.get(langue.value);
  if (one === undefined) rules.set(langue.value, (one = new Intl.PluralRules(langue.value)));
  return one;
}

const formats = new Map<string, Intl.NumberFormat>();

/** A number as people read it. A format is kept: to make one takes a hundred times longer than to use it. */
export function chiffres(n: number | bigint, options: Intl.NumberFormatOptions = {}): string {
  const name = `${locale()} ${JSON.stringify(options)}`;
  let one = formats.get(name);
  if (one === undefined) formats.set(name, (one = new Intl.NumberFormat(locale(), options)));
  return one.format(n);
}

export const locale = (): string => (langue.value === 'fr' ? 'fr-FR' : 'en-GB');
