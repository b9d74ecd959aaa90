/**
 * The natural order of INSTANCE_IDs: the order of the election (the highest leads) and of a view's members.
 *
 * Runs of digits compare as whole numbers of any length, everything else by UTF-16 code unit, from left to right; a digit comes before
 * anything that is not one only by its code unit. Numbers that are equal but written differently (`a1`, `a01`) are told apart
 * at the end by their code units, so that the order is total: 0 means the same text.
 *
 *     monclub-999 < monclub-3000 < monclub-3001 < monclub-10000
 *     club < club-1 < club-a
 */
export function compareIds(a: string, b: string): number {
  const left = pieces(a);
  const right = pieces(b);
  for (let at = 0; at < left.length && at < right.length; at++) {
    const order = comparePieces(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}

/** Whole numbers and single other code units. */
function pieces(id: string): string[] {
  return id.match(/[0-9]+|[^0-9]/g) ?? [];
}

function comparePieces(a: string, b: string): number {
  if (!isNumber(a) || !isNumber(b)) return compareText(a, b);
  const [x, y] = [significant(a), significant(b)];
  return x.length - y.length || compareText(x, y);
}

const isNumber = (piece: string): boolean => /^[0-9]/.test(piece);
const significant = (digits: string): string => digits.replace(/^0+(?=[0-9])/, '');
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
