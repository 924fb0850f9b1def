import { type App, ContractViolation, type Scope, type Send, validate } from '@pullo/asgi';
import { ExchangeSignal, report } from './exchange-signal.js';

/**
 * The app behind `validate`, so that every test shows where the contract is broken. A breach in `send` fails the exchange at once, as
 * on a server, even if the app neither awaits it nor ends.
 */
export function watchedApp(app: App): App {
  return validate((scope, receive, send) => app(scope, receive, reporting(scope, send)));
}

function reporting(scope: Scope, send: Send): Send {
  if (scope.type === 'lifespan' || !(scope.exchange instanceof ExchangeSignal)) return send;
  const { exchange } = scope;
  return (event) => {
    const result = send(event);
    result?.catch((error) => {
      if (error instanceof ContractViolation) exchange[report](error);
    });
    return result;
  };
}
