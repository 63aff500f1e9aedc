// The order of a fleet's boards, which master and commands share: a run takes the first ones, and so do its forecasts.

/** By name, the numbers in names as numbers: board-2 before board-10. */
export function byAgent(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
