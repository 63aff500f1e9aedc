// The twin of a status light, for boards without one: it tells a listener instead of shining.

import type { LightPattern, StatusLight } from './status-light.js';

export function simulatedLight(onChange: (pattern: LightPattern) => void): StatusLight {
  let shown: LightPattern = 'offline';
  let closed = false;
  const show = (pattern: LightPattern) => {
    if (closed || pattern === shown) return;
    shown = pattern;
    onChange(pattern);
  };
  const goDark = () => {
    show('offline');
    closed = true;
  };
  return { name: 'simulated', show, goDark, close: async () => goDark() };
}
