/** The club's zone: a digest is of one of its days. */
export const FUSEAU = Symbol('fuseau du club');
