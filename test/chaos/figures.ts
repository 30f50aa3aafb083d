/** The value below which this share of them lies; 0 if there are none. @param sorted in ascending order */
export function percentile(sorted: readonly number[], share: number): number {
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1);
  return sorted[Math.max(0, at)] ?? 0;
}

/** By how much the values grow per unit of time: the line that fits best (least squares). */
export function slope(points: readonly (readonly [time: number, value: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const time = mean(points.map(([at]) => at));
  const level = mean(points.map(([, value]) => value));
  const spread = points.reduce((sum, [at]) => sum + (at - time) ** 2, 0);
  const shared = points.reduce((sum, [at, value]) => sum + (at - time) * (value - level), 0);
  return spread === 0 ? 0 : shared / spread;
}
