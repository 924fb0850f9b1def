import type { WSGIApp } from '@pullo/server';

/** Counts the words of what is posted: the whole body is there, and the answer is made line by line. */
const app: WSGIApp = function* (environ, startResponse) {
  if (environ.REQUEST_METHOD !== 'POST') {
    startResponse('405 Method Not Allowed', [['Allow', 'POST']]);
    return;
  }
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  const decoder = new TextDecoder();
  let number = 0;
  for (const line of environ['wsgi.input']) {
    const words = decoder.decode(line).split(/\s+/).filter(Boolean);
    number += 1;
    yield `${number}: ${words.length} words\n`;
  }
};

export default app;
