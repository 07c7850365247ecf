/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann-Whitney).
 *
 * `labels` null = not labeled. The result is null without both a positive and a negative.
 */
export function auroc(scores: ArrayLike<number>, labels: readonly (0 | 1 | null)[]): number | null {
  const order = labels
    .flatMap((label, i) => (label === null ? [] : [i]))
    .sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const meanRank = (start + end + 1) / 2; // ranks count from 1
    for (let i = start; i < end; i++) {
      if (labels[order[i]!] !== 1) continue;
      positives++;
      rankSum += meanRank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
