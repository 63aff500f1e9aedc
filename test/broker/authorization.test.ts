// The rules of each role as a table: publish, subscribe, receive.

import { expect } from 'chai';
import { type Authorization, authorizationOf, type Verdict } from '../../broker/authorization.js';
import { Plans } from '../../broker/plans.js';
import type { Role } from '../../broker/roles.js';
import { topicsOf } from '../../protocol/topics.js';
import { runStatus, topics } from './support.js';

function client(role: Role): { id: string; role: Role } {
  return { id: role === 'agent' ? 'a' : role, role };
}

describe('authorization', () => {
  let rules: Authorization;
  const other = topicsOf('other');

  before(() => {
    const plans = new Plans({ now: () => 0, graceMs: 1 });
    plans.observe('r', runStatus(['a', 'b', 'c']));
    rules = authorizationOf(topics, plans);
  });

  const publishing: [Role, string, Verdict][] = [
    ['master', topics.masterStatus(), 'allow'],
    ['master', topics.masterResponse('train'), 'allow'],
    ['master', topics.masterRequest('train'), 'refuse'],
    ['master', topics.agentRequest('a', 'assign'), 'allow'],
    ['master', topics.agentStatus('a'), 'refuse'],
    ['master', topics.runStatus('r'), 'allow'],
    ['master', topics.data('any', 7, 'weights'), 'allow'],
    ['agent', topics.agentStatus('a'), 'allow'],
    ['agent', topics.agentTelemetry('a'), 'allow'],
    ['agent', topics.agentResponse('a', 'identify'), 'allow'],
    ['agent', topics.agentStatus('b'), 'refuse'],
    ['agent', topics.agentRequest('a', 'restart'), 'refuse'],
    ['agent', topics.agentResponse('b', 'identify'), 'refuse'],
    ['agent', topics.masterStatus(), 'refuse'],
    ['agent', topics.masterRequest('stop'), 'refuse'],
    ['agent', topics.runStatus('r'), 'refuse'],
    ['agent', topics.runEvents('r'), 'allow'],
    ['agent', topics.runEvents('else'), 'drop'],
    ['agent', topics.data('r', 2, 'forward'), 'allow'],
    ['agent', topics.data('r', 0, 'backward'), 'allow'],
    ['agent', topics.data('r', 3, 'forward'), 'drop'],
    ['agent', topics.data('r', 1, 'weights'), 'allow'],
    ['agent', topics.data('r', 0, 'weights'), 'allow'],
    ['agent', topics.data('r', 9, 'weights'), 'drop'],
    ['agent', topics.data('else', 1, 'weights'), 'drop'],
    ['agent', topics.data('else', 2, 'forward'), 'drop'],
    ['operator', topics.masterRequest('train'), 'allow'],
    ['operator', topics.agentRequest('a', 'identify'), 'allow'],
    ['operator', topics.agentRequest('a', 'assign'), 'refuse'],
    ['operator', topics.agentRequest('a', 'release'), 'refuse'],
    ['operator', topics.masterResponse('train'), 'refuse'],
    ['operator', topics.data('r', 1, 'forward'), 'refuse'],
    ['viewer', topics.masterRequest('train'), 'refuse'],
    ['viewer', topics.agentRequest('a', 'identify'), 'refuse'],
    ['master', other.masterStatus(), 'refuse'],
    ['master', '$SYS/x', 'refuse'],
    ['master', 'elsewhere', 'refuse'],
    ['agent', `${topics.agentStatus('a')}/more`, 'refuse'],
    ['agent', topics.agentStatus('+'), 'refuse'],
  ];
  for (const [role, topic, verdict] of publishing) {
    it(`${role}: ${verdict} publishing to ${topic}`, () => {
      expect(rules.mayPublish(client(role), topic, false)).to.equal(verdict);
    });
  }

  const retaining: [Role, string, Verdict][] = [
    ['master', topics.masterStatus(), 'allow'],
    ['master', topics.runStatus('r'), 'allow'],
    ['master', topics.runMetrics('r'), 'refuse'],
    ['master', topics.runEvents('r'), 'refuse'],
    ['master', topics.agentRequest('a', 'assign'), 'refuse'],
    ['master', topics.masterResponse('train'), 'refuse'],
    ['master', topics.data('r', 1, 'forward'), 'refuse'],
    ['agent', topics.agentStatus('a'), 'allow'],
    ['agent', topics.agentInfo('a'), 'allow'],
    ['agent', topics.agentTelemetry('a'), 'refuse'],
    ['agent', topics.data('r', 2, 'forward'), 'refuse'],
    ['operator', topics.masterRequest('train'), 'refuse'],
  ];
  for (const [role, topic, verdict] of retaining) {
    it(`${role}: ${verdict} keeping a message on ${topic}`, () => {
      expect(rules.mayPublish(client(role), topic, true)).to.equal(verdict);
    });
  }

  const subscribing: [Role, string, boolean][] = [
    ['master', topics.all(), true],
    ['operator', topics.all(), true],
    ['operator', topics.data('r', 1, 'forward'), true],
    ['viewer', topics.runMetrics('+'), true],
    ['viewer', topics.agentTelemetry('b'), true],
    ['viewer', topics.all(), false],
    ['viewer', topics.data('r', 1, 'forward'), false],
    ['viewer', topics.masterResponse('+'), false],
    ['agent', topics.agentRequest('a', '+'), true],
    ['agent', topics.agentStatus('a'), true],
    ['agent', topics.agentStatus('b'), false],
    ['agent', topics.masterStatus(), true],
    ['agent', topics.runStatus('r'), true],
    ['agent', topics.data('r', 1, 'forward'), true],
    ['agent', `${topics.runStatus('r').replace('status', '1')}/+`, true],
    ['agent', topics.data('r', 2, 'forward'), false],
    ['agent', topics.data('r', '+', 'forward'), false],
    ['agent', topics.data('+', 1, 'forward'), false],
    ['agent', topics.data('not-yet-known', 1, 'forward'), true],
    ['agent', topics.data('not-yet-known', '+', 'forward'), false],
    ['agent', topics.agentRequest('b', '+'), false],
    ['agent', topics.agentRequest('+', '+'), false],
    ['agent', topics.agentTelemetry('b'), false],
    ['agent', topics.all(), false],
    ['master', '#', false],
    ['master', '$SYS/#', false],
    ['operator', other.all(), false],
    ['operator', `$share/group/${topics.all()}`, false],
  ];
  for (const [role, filter, allowed] of subscribing) {
    it(`${role}: ${allowed ? 'may' : 'may not'} subscribe to ${filter}`, () => {
      expect(rules.maySubscribe(client(role), filter)).to.equal(allowed);
    });
  }

  const receiving: [Role, string, boolean][] = [
    ['agent', topics.data('r', 1, 'forward'), true],
    ['agent', topics.data('r', 2, 'forward'), false],
    ['agent', topics.data('not-yet-known', 1, 'forward'), false],
    ['agent', topics.agentRequest('a', 'identify'), true],
    ['agent', topics.agentRequest('b', 'identify'), false],
    ['agent', topics.agentStatus('a'), true],
    ['agent', topics.agentStatus('b'), false],
    ['viewer', topics.runStatus('r'), true],
    ['viewer', topics.data('r', 2, 'forward'), false],
    ['operator', topics.data('r', 2, 'forward'), true],
    ['operator', topics.agentRequest('a', 'identify'), true],
    ['operator', topics.agentRequest('a', 'assign'), false],
    ['agent', topics.agentRequest('a', 'assign'), true],
    ['operator', '$SYS/x', false],
  ];
  for (const [role, topic, allowed] of receiving) {
    it(`${role}: ${allowed ? 'receives' : 'does not receive'} ${topic}`, () => {
      expect(rules.mayReceive(client(role), topic)).to.equal(allowed);
    });
  }
});
