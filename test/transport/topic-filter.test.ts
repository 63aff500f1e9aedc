// Filters against a reference that walks the levels one by one, as section 4.7 of MQTT 3.1.1 puts it.

import { expect } from 'chai';
import fc from 'fast-check';
import { checkFilter, checkTopic, matches } from '../../transport/topic-filter.js';

function matchesLevels(filter: string[], topic: string[]): boolean {
  const [wanted, ...wantedRest] = filter;
  const [level, ...rest] = topic;
  if (wanted === '#') return true;
  if (wanted === undefined || level === undefined) return wanted === level;
  return (wanted === '+' || wanted === level) && matchesLevels(wantedRest, rest);
}

function reference(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  return matchesLevels(filter.split('/'), topic.split('/'));
}

const LEVEL = fc.constantFrom('', 'a', 'b', 'a.b', '$SYS', '(x)', 'ü', 'a\nb');
const TOPIC = fc
  .array(LEVEL, { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join('/'))
  .filter((topic) => topic !== '');
const FILTER = fc
  .tuple(fc.array(fc.oneof(LEVEL, fc.constant('+')), { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'))
  .filter((filter) => filter !== '');

describe('topic filter', () => {
  it('matches as the reference does', () => {
    fc.assert(
      fc.property(FILTER, TOPIC, (filter, topic) => {
        expect(matches(filter, topic)).to.equal(reference(filter, topic));
      }),
      { numRuns: 3000, seed: 47 },
    );
  });

  it('matches as the examples of the standard do', () => {
    for (const [filter, topic, expected] of [
      ['sport/tennis/player1/#', 'sport/tennis/player1', true],
      ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
      ['sport/#', 'sport', true],
      ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
      ['sport/+', 'sport', false],
      ['sport/+', 'sport/', true],
      ['+/+', '/finance', true],
      ['/+', '/finance', true],
      ['+', '/finance', false],
      ['#', '$SYS/uptime', false],
      ['+/monitor/Clients', '$SYS/monitor/Clients', false],
      ['$SYS/#', '$SYS/uptime', true],
      ['ACCOUNTS', 'Accounts', false],
    ] as const) {
      expect(matches(filter, topic), `${filter} and ${topic}`).to.equal(expected);
    }
  });

  it('refuses what is no filter', () => {
    for (const filter of ['', 'sport/tennis#', 'sport/#/ranking', 'sport+', 'a\0b', 'x'.repeat(65_536)]) {
      expect(() => checkFilter(filter), filter.slice(0, 20))
        .to.throw()
        .with.property('code', 'configuration');
    }
    expect(checkFilter('x'.repeat(65_535))).to.have.length(65_535);
  });

  it('refuses what is no topic', () => {
    for (const topic of ['', 'a/+', '#', 'a\0b']) {
      expect(() => checkTopic(topic), topic)
        .to.throw()
        .with.property('code', 'configuration');
    }
  });
});
