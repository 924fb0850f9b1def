import type { Send, SendEvent, WebSocketScope } from '@pullo/asgi';

/** Whether a server can refuse a WebSocket session with a full response. */
export function canDeny(scope: WebSocketScope): boolean {
  return 'websocket.http.response' in scope.extensions;
}

/** A `send` for a response that refuses a WebSocket session (extension `websocket.http.response`). */
export function denial(send: Send): Send {
  return (event) => send(deny(event));
}

function deny(event: SendEvent): SendEvent {
  if (event.type === 'http.response.start') {
    const { status, headers = [] } = event;
    return { type: 'websocket.http.response.start', status, headers };
  }
  if (event.type === 'http.response.body') {
    const { body = '', moreBody = false } = event;
    return { type: 'websocket.http.response.body', body, moreBody };
  }
  return event;
}
