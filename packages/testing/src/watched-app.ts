import { type App, ContractViolation, type Exchange, type Send, validate } from '@pullo/asgi';
import { ExchangeSignal, report } from './exchange-signal.js';

/**
 * The app behind `validate`, so that every test shows where the contract is broken. A breach in `send` is reported at once, as a server
 * notices it, even if the app neither awaits it nor ends: to the exchange, or to `onLifespanBreach`.
 */
export function watchedApp(app: App, onLifespanBreach: (error: unknown) => void): App {
  return validate((scope, receive, send) => {
    const onBreach = scope.type === 'lifespan' ? onLifespanBreach : exchangeReport(scope.exchange);
    return app(scope, receive, onBreach === null ? send : reporting(send, onBreach));
  });
}

function exchangeReport(exchange: Exchange): ((error: unknown) => void) | null {
  return exchange instanceof ExchangeSignal ? exchange[report] : null;
}

function reporting(send: Send, onBreach: (error: unknown) => void): Send {
  return (event) => {
    const result = send(event);
    result?.catch((error) => {
      if (error instanceof ContractViolation) onBreach(error);
    });
    return result;
  };
}
