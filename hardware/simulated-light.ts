// The twin of a status light, for boards without one: it tells a listener instead of shining.

import type { LightPattern, StatusLight } from './status-light.js';

export function simulatedLight(onChange: (pattern: LightPattern) => void): StatusLight {
  let shown: LightPattern = 'offline';
  const show = (pattern: LightPattern) => {
    if (pattern === shown) return;
    shown = pattern;
    onChange(pattern);
  };
  return { name: 'simulated', show, close: async () => show('offline') };
}
