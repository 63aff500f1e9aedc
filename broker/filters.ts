// Subscription filters as sets of topics: a client may subscribe to a filter when some filter that
// it is allowed contains it, so wildcards never reach further than the permission [MQTT-4.7.1].

/** Whether every topic that matches `requested` also matches `allowed`. A topic is a filter without wildcards. */
export function covers(allowed: string, requested: string): boolean {
  if (requested.startsWith('$') && startsWithWildcard(allowed)) return false; // [MQTT-4.7.2-1]
  const outer = allowed.split('/');
  const inner = requested.split('/');
  for (const [level, word] of outer.entries()) {
    if (word === '#') return true; // also the parent itself: `a/#` contains `a` [MQTT-4.7.1.2]
    if (!coversLevel(word, inner[level])) return false;
  }
  return inner.length === outer.length;
}

function coversLevel(allowed: string, requested: string | undefined): boolean {
  if (requested === undefined || requested === '#') return false;
  return allowed === '+' || allowed === requested;
}

function startsWithWildcard(filter: string): boolean {
  return filter.startsWith('+') || filter.startsWith('#');
}
