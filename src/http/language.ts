/** The languages in which a problem can be told. French is the club's own. */
export type Language = 'fr' | 'en';

/** A text in every language. */
export type Wording = Readonly<Record<Language, string>>;

/** The caller's language by `Accept-Language` (RFC 9110, weights included); French when it names neither. Never throws. */
export function languageOf(accepted: string | undefined): Language {
  if (accepted === undefined || accepted.length > 500) return 'fr';
  let best: Language = 'fr';
  let bestWeight = 0;
  for (const part of accepted.split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = range === '*' ? 'fr' : range.split('-')[0];
    const weight = parameters.reduce((found, one) => (/^\s*q=/.test(one) ? Number(one.trim().slice(2)) : found), 1);
    if ((language === 'fr' || language === 'en') && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}
