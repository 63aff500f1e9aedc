// Broker, login and clock: who logs in, what is told of a refusal, and that no running agent is thrown out.

import { expect } from 'chai';
import { type BrokerCheckOptions, brokerCheck } from '../../../../cli/doctor/checks/broker.js';
import { clockFinding, unknownOffset } from '../../../../cli/doctor/checks/clock.js';
import { ConnectionError, TimeoutError } from '../../../../errors.js';
import { createHub } from '../../../../transport/in-process.js';
import { findingsOf, line } from '../findings.js';

const refusal = new ConnectionError('cannot connect: user name or password is wrong', { remedy: 'Check them.' });

describe('doctor looks at the broker', () => {
  const look = (changes: Partial<BrokerCheckOptions> = {}) =>
    findingsOf(
      brokerCheck({
        url: 'mqtt://10.0.0.2',
        login: { as: 'operator', user: 'me' },
        reach: async () => 1.25,
        isInUse: async () => false,
        connect: () => createHub().connect({ clientId: 'doctor' }),
        offsetOf: async () => ({ offsetMs: 12, withinMs: 2 }),
        clockIsSet: () => true,
        ...changes,
      }),
    );
  const lines = async (changes: Partial<BrokerCheckOptions>) => (await look(changes)).map(line);

  it('as an operator, who may ask the master for the time', async () => {
    expect(await lines({})).to.deep.equal([
      'ok broker: mqtt://10.0.0.2 is there (connected in 1.3 ms)',
      'ok login: the operator me is let in',
      "ok clock: 12.0 ms behind the master's clock, give or take 2.0 ms",
    ]);
  });

  it('and goes no further where nothing listens', async () => {
    const reach = () => Promise.reject(new ConnectionError('nothing listens there', { remedy: 'Start one.' }));
    const findings = await look({ reach });
    expect(findings.map(line)).to.deep.equal(['problem broker: nothing listens there']);
    expect(findings[0]?.remedy).to.equal('Start one.');
  });

  it('as the board, which may not ask', async () => {
    expect((await lines({ login: { as: 'board', id: 'kitchen' } })).slice(1)).to.deep.equal([
      'ok login: the board kitchen is let in',
      "ok clock: set by the network; how far from the master's is not known: asking it takes the login of an operator",
    ]);
  });

  it('but not as the board while its agent is connected', async () => {
    const connect = () => expect.fail('it would have thrown the agent out');
    const [, login, clock] = await look({ login: { as: 'board', id: 'kitchen' }, isInUse: async () => true, connect });
    expect(login).to.include({ level: 'ok', check: 'login' });
    expect(login?.message).to.match(/^not tried: .* another login as kitchen would end that one$/);
    expect(clock).to.include({ level: 'ok', check: 'clock' });
  });

  it('and makes a problem of a login that is refused', async () => {
    const connect = () => Promise.reject(refusal);
    const [, login, clock] = await look({ connect, clockIsSet: () => false });
    expect(login).to.include({ level: 'problem', check: 'login', message: refusal.message, remedy: 'Check them.' });
    expect(clock).to.include({ level: 'warning', check: 'clock' });
    expect(clock?.remedy).to.include('timedatectl');
  });

  it('but only warns where nobody said who logs in', async () => {
    const [, login] = await look({
      login: { as: 'operator', user: undefined },
      connect: () => Promise.reject(refusal),
    });
    expect(login).to.include({ level: 'warning' });
    expect(login?.remedy).to.include('--id');
  });

  it('and says when the master does not answer, or tells no time', async () => {
    const silent = () => Promise.reject(new TimeoutError('the master did not answer within 3 s'));
    expect((await lines({ offsetOf: silent }))[2]).to.match(/not known: the master did not answer within 3 s$/);
    expect((await lines({ offsetOf: async () => null }))[2]).to.match(/not known: it does not tell the time$/);
  });

  it('and warns of a clock that is off by more than may be error', () => {
    expect(line(clockFinding({ offsetMs: -90_000, withinMs: 5 }))).to.equal(
      "warning clock: 90.0 s ahead of the master's clock, give or take 5.0 ms",
    );
    expect(clockFinding({ offsetMs: 1_400, withinMs: 500 }).level).to.equal('ok');
    expect(unknownOffset('no reason', false).figures).to.deep.equal({ offsetMs: null, isSet: false });
  });
});
