// Topics: what is built is what is parsed, nothing else is, and the ring closes.

import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../errors.js';
import {
  AGENT_VERBS,
  anticlockwise,
  CHANNELS,
  checkName,
  clockwise,
  MASTER_VERBS,
  mayWrite,
  type ParsedTopic,
  parseTopic,
  routesFrom,
  routesTo,
  type Standing,
  topicsOf,
} from '../../protocol/topics.js';
import { aName } from './arbitraries.js';

const aCommand = fc.constantFrom('request' as const, 'response' as const);

/** Everything that a topic can speak of. */
const aSubject: fc.Arbitrary<ParsedTopic> = fc.oneof(
  fc.record({
    kind: fc.constant('agent' as const),
    fleet: aName,
    agent: aName,
    leaf: fc.constantFrom('status' as const, 'info' as const, 'telemetry' as const),
  }),
  fc.record({
    kind: fc.constant('agentCommand' as const),
    fleet: aName,
    agent: aName,
    leaf: aCommand,
    verb: fc.constantFrom(...AGENT_VERBS),
  }),
  fc.record({ kind: fc.constant('master' as const), fleet: aName, leaf: fc.constant('status' as const) }),
  fc.record({
    kind: fc.constant('masterCommand' as const),
    fleet: aName,
    leaf: aCommand,
    verb: fc.constantFrom(...MASTER_VERBS),
  }),
  fc.record({
    kind: fc.constant('run' as const),
    fleet: aName,
    run: aName,
    leaf: fc.constantFrom('status' as const, 'metrics' as const, 'events' as const),
  }),
  fc.record({
    kind: fc.constant('data' as const),
    fleet: aName,
    run: aName,
    position: fc.nat({ max: 1000 }),
    channel: fc.constantFrom(...CHANNELS),
  }),
);

function build(subject: ParsedTopic): string {
  const topics = topicsOf(subject.fleet);
  switch (subject.kind) {
    case 'agent': {
      const { agentStatus, agentInfo, agentTelemetry } = topics;
      return { status: agentStatus, info: agentInfo, telemetry: agentTelemetry }[subject.leaf](subject.agent);
    }
    case 'agentCommand': {
      const { agentRequest, agentResponse } = topics;
      return { request: agentRequest, response: agentResponse }[subject.leaf](subject.agent, subject.verb);
    }
    case 'master':
      return topics.masterStatus();
    case 'masterCommand':
      return { request: topics.masterRequest, response: topics.masterResponse }[subject.leaf](subject.verb);
    case 'run': {
      const { runStatus, runMetrics, runEvents } = topics;
      return { status: runStatus, metrics: runMetrics, events: runEvents }[subject.leaf](subject.run);
    }
    case 'data':
      return topics.data(subject.run, subject.position, subject.channel);
  }
}

describe('topics', () => {
  it('parse to what they were built from, whatever it is', () => {
    fc.assert(
      fc.property(aSubject, (subject) => {
        expect(parseTopic(build(subject))).to.deep.equal(subject);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('all begin with the fleet, and lie under its filter', () => {
    fc.assert(
      fc.property(aSubject, (subject) => {
        expect(topicsOf(subject.fleet).all()).to.equal(`ringtmp/v1/${subject.fleet}/#`);
        expect(build(subject).startsWith(`ringtmp/v1/${subject.fleet}/`)).to.equal(true);
      }),
      { seed: 2 },
    );
  });

  it('read as the documents say', () => {
    const topics = topicsOf('home');
    expect(topics.agentStatus('pi-1')).to.equal('ringtmp/v1/home/agents/pi-1/status');
    expect(topics.agentRequest('pi-1', 'assign')).to.equal('ringtmp/v1/home/agents/pi-1/request/assign');
    expect(topics.masterResponse('train')).to.equal('ringtmp/v1/home/master/response/train');
    expect(topics.runEvents('r1')).to.equal('ringtmp/v1/home/runs/r1/events');
    expect(topics.data('r1', 2, 'backward')).to.equal('ringtmp/v1/home/runs/r1/2/backward');
    expect(topics.data('r1', '+', 'weights')).to.equal('ringtmp/v1/home/runs/r1/+/weights');
  });

  it('that are none of ours parse to null', () => {
    const foreign = [
      '',
      'ringtmp/v1',
      'ringtmp/v1/home',
      'ringtmp/v2/home/master/status',
      'ringtmp/v1/home/master/status/x',
      '/ringtmp/v1/home/master/status',
      'ringtmp/v1//master/status',
      'ringtmp/v1/home/master/info',
      'ringtmp/v1/home/agents//status',
      'ringtmp/v1/+/agents/a/status',
      'ringtmp/v1/home/agents/#',
      'ringtmp/v1/home/runs/r/+/forward',
      'ringtmp/v1/home/runs/r/-1/forward',
      'ringtmp/v1/home/runs/r/1/sideways',
      'ringtmp/v1/home/runs/r/1.5/forward',
    ];
    for (const topic of foreign) expect(parseTopic(topic), topic).to.equal(null);
  });

  it('never fail to parse, whatever the string', () => {
    const aLevel = fc.oneof(
      fc.constantFrom(
        'ringtmp',
        'v1',
        'agents',
        'master',
        'runs',
        'request',
        'forward',
        'status',
        '+',
        '#',
        '$SYS',
        '',
      ),
      fc.nat().map(String),
      fc.string({ unit: 'binary' }),
    );
    const anyTopic = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(aLevel, { maxLength: 8 }).map((levels) => ['ringtmp', 'v1', ...levels].join('/')),
    );
    fc.assert(
      fc.property(anyTopic, (topic) => {
        const parsed = parseTopic(topic);
        if (parsed !== null) expect(parsed.fleet).not.to.match(/[/+#]/);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe('names', () => {
  const REFUSED = ['', 'a/b', '/', '+', '#', 'a+', 'A', 'ä', '-a', '_a', 'a b', 'a\n', 'a.b', '..', 'x'.repeat(64)];

  for (const name of REFUSED) {
    it(`cannot be ${JSON.stringify(name.slice(0, 8))}`, () => {
      expect(() => checkName('board', name))
        .to.throw(ConfigurationError, `board name ${JSON.stringify(name)} is not allowed`)
        .with.property('remedy')
        .that.contains('1 to 63');
      expect(() => topicsOf(name)).to.throw(ConfigurationError, 'fleet name');
    });
  }

  it('can be anything else', () => {
    fc.assert(
      fc.property(aName, (name) => {
        expect(checkName('run', name)).to.equal(name);
      }),
      { seed: 4 },
    );
  });
});

describe('the ring', () => {
  const aPlace = fc
    .integer({ min: 1, max: 100 })
    .chain((workers) => fc.record({ workers: fc.constant(workers), position: fc.nat({ max: workers }) }));

  it('goes round: clockwise and anticlockwise undo each other', () => {
    fc.assert(
      fc.property(aPlace, ({ workers, position }) => {
        expect(anticlockwise(clockwise(position, workers), workers)).to.equal(position);
        expect(clockwise(anticlockwise(position, workers), workers)).to.equal(position);
      }),
      { seed: 5 },
    );
  });

  it('leads from the master over all boards back to it', () => {
    const visited = [0];
    for (let p = clockwise(0, 3); p !== 0; p = clockwise(p, 3)) visited.push(p);
    expect(visited).to.deep.equal([0, 1, 2, 3]);
    expect(anticlockwise(0, 3)).to.equal(3);
  });

  /** Every data topic of a run to which the position may publish, as `position/channel`. */
  const writableBy = (standing: Standing) => {
    const positions = Array.from({ length: standing.workers + 2 }, (_, position) => position);
    const all = positions.flatMap((position) => CHANNELS.map((channel) => ({ position, channel })));
    return all.filter((to) => mayWrite(standing, to)).map(({ position, channel }) => `${position}/${channel}`);
  };
  const files = (workers: number) => Array.from({ length: workers + 1 }, (_, position) => `${position}/weights`);

  it('lets a position send frames to its neighbours, files to all of its run, and nothing else', () => {
    const second = ['1/backward', '3/forward', ...files(3)];
    expect(writableBy({ mode: 'ring', position: 2, workers: 3 })).to.have.members(second);
    const first = ['0/backward', '2/forward', ...files(3)];
    expect(writableBy({ mode: 'ring', position: 1, workers: 3 })).to.have.members(first);
  });

  it('lets the server of a star send to all workers, and each of them to the server', () => {
    const server = ['1/forward', '2/forward', ...files(2)];
    expect(writableBy({ mode: 'star', position: 0, workers: 2 })).to.have.members(server);
    expect(writableBy({ mode: 'star', position: 2, workers: 2 })).to.have.members(['0/backward', ...files(2)]);
  });

  it('has a way in for each way out', () => {
    fc.assert(
      fc.property(fc.constantFrom('ring' as const, 'star' as const), aPlace, (mode, { workers, position }) => {
        for (const { peer, channel } of routesFrom({ mode, position, workers })) {
          expect(routesTo({ mode, position: peer, workers })).to.deep.include({ peer: position, channel });
        }
      }),
      { seed: 7 },
    );
  });

  it('has one writer for each forward and backward channel of a ring', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (workers) => {
        const targets = Array.from({ length: workers + 1 }, (_, position) => {
          return routesFrom({ mode: 'ring', position, workers }).map(({ peer, channel }) => `${peer}/${channel}`);
        }).flat();
        expect(new Set(targets).size).to.equal(2 * (workers + 1));
        expect(targets).to.have.length(2 * (workers + 1));
      }),
      { seed: 6 },
    );
  });
});
