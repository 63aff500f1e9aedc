// What one subscription filter contains of another, against the plain definition of matching.

import { expect } from 'chai';
import fc from 'fast-check';
import { covers } from '../../broker/filters.js';

/** The definition of MQTT 3.1.1, section 4.7, for a topic without wildcards. */
function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const pattern = filter
    .split('/')
    .map((level) => (level === '+' ? '[^/]*' : level.replace(/\$/g, '\\$')))
    .join('/')
    .replace(/\/?#$/, (end) => (end === '/#' ? '(/.*)?' : '.*'));
  return new RegExp(`^${pattern}$`).test(topic);
}

const word = fc.constantFrom('a', 'b', '$c', '');
const topic = fc.array(word, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'));

describe('covers', () => {
  it('allows no filter that reaches beyond the permission', () => {
    fc.assert(
      fc.property(filter, filter, topic, (allowed, requested, concrete) => {
        fc.pre(covers(allowed, requested) && matches(requested, concrete));
        return matches(allowed, concrete);
      }),
      { numRuns: 500, maxSkipsPerRun: 1000 },
    );
  });

  it('agrees with matching for a topic without wildcards', () => {
    fc.assert(
      fc.property(filter, topic, (allowed, concrete) => covers(allowed, concrete) === matches(allowed, concrete)),
    );
  });

  const cases: [allowed: string, requested: string, expected: boolean][] = [
    ['a/#', 'a/#', true],
    ['a/#', 'a', true],
    ['a/#', 'a/+/c', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/+/c', true],
    ['a/+/c', 'a/#', false],
    ['a/+/c', '#', false],
    ['a/b', 'a/+', false],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['#', '$SYS/#', false],
    ['+/x', '$SYS/x', false],
  ];
  for (const [allowed, requested, expected] of cases) {
    it(`${allowed} ${expected ? 'contains' : 'does not contain'} ${requested}`, () => {
      expect(covers(allowed, requested)).to.equal(expected);
    });
  }
});
